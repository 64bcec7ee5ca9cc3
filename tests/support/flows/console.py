"""ECS starts the console's task, which does what people ask for in roles of theirs."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import Literal

from tests.support.flows.steps import Flow, role, steps
from tests.support.flows.tasks import start_of

TASK = role("console-task")
ROLES = ("viewer", "reader", "approver", "operator")
NAMED = {"sts:SourceIdentity": "ada@shop.example"}
ACTING = ("sts:AssumeRole", "sts:SetSourceIdentity")
WHERE: tuple[Literal["identity", "resource"], ...] = ("identity", "resource")


def flows() -> Iterator[Flow]:
    """Yield what the task needs to start, and to act for somebody."""
    yield replace(start_of("console", image="console"), environment="console")
    yield Flow(
        "the console's task acts for somebody, whom every call then names",
        ("Monitor and control actions taken with assumed roles",),
        tuple(
            chain.from_iterable(
                steps(TASK, ACTING, role(f"console-{name}"), context=NAMED, where=where)
                for name in ROLES
                for where in WHERE
            )
        ),
        "console",
    )
