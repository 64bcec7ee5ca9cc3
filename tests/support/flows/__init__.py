"""What AWS requires of policies in each of its flows, by its documentation, and what must be refused.

The names of pages are those of docs.aws.amazon.com; each flow says which it was taken from.
"""

from functools import cache
from itertools import chain

from tests.support.flows import ai, console, delivery, deployment, messages, personalize, realtime, tasks
from tests.support.flows.steps import Flow

SOURCES = (personalize, messages, tasks, realtime, console, ai, delivery, deployment)


@cache
def all_flows() -> tuple[Flow, ...]:
    """Every flow; those of a deployment are made of all resources, which takes a second."""
    return tuple(chain.from_iterable(source.flows() for source in SOURCES))
