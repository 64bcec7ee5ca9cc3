"""What AWS requires of policies in each of its flows, by its documentation, and what must be refused.

The names of pages are those of docs.aws.amazon.com; each flow says which it was taken from.
"""

from collections.abc import Mapping
from itertools import chain

from tests.support.flows import ai, console, delivery, deployment, messages, personalize, realtime, tasks
from tests.support.flows.steps import Flow

FLOWS: Mapping[str, Flow] = {
    flow.name: flow
    for flow in chain(
        personalize.flows(),
        messages.flows(),
        tasks.flows(),
        realtime.flows(),
        console.flows(),
        ai.flows(),
        delivery.flows(),
        deployment.flows(),
    )
}
