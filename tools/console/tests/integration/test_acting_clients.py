"""Clients that operations open sign for whoever acts at the moment."""

import re
from typing import Any

import pytest
from aiobotocore.session import get_session

from fondly.console.acting import act_for_people
from fondly.console.roles import ACTING, CONSOLE, Acting, Role
from fondly.operations import environment as operations
from fondly.operations.environment import open_environment
from fondly.operations.target import Target, load_topology
from fondly.stack.provision import Resources
from tests.support.environments import REGION

SIGNER = f"arn:aws:elasticloadbalancing:{REGION}:123456789012:loadbalancer/app/console/5"


async def test_one_client_signs_for_each_person(
    resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With credentials of a session of theirs, and with the same again when they come back."""
    session = get_session()
    monkeypatch.setattr(operations, "own_session", lambda: session)
    monkeypatch.setattr("fondly.console.acting.own_session", lambda: session)
    signed: list[str] = []

    def note(request: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        [found] = re.findall(r"Credential=(\w+)/", str(request.headers["Authorization"]))
        signed.append(found)

    name = resources.tables["runs"].removesuffix("-runs")
    await act_for_people(name, SIGNER, REGION)
    async with open_environment(Target(name, REGION), load_topology(None)) as environment:
        environment.sqs.meta.events.register("before-send.sqs", note)
        for acting in (CONSOLE, Acting("ada", Role.READER), Acting("bob", Role.READER), CONSOLE):
            ACTING.set(acting)
            await environment.sqs.list_queues()
    assert signed[0] == signed[3]
    assert len(set(signed)) == 3
    assert all(each.startswith("ASIA") for each in signed)
