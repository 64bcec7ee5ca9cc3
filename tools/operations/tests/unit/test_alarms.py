"""Which alarms ring, on AWS and beside an emulator."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from fondly.operations import queues
from fondly.operations.alarms import HELD, STUCK_S, ringing
from fondly.operations.queues import QueueState, QueueWatch

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

LIMITS = Path("infra/modules/observability/variables.tf")
AT = datetime(2026, 11, 27, tzinfo=UTC)


class Pages:
    """CloudWatch with three alarms that ring: one of a service that rests, as it should."""

    async def paginate(self, **asked: Any) -> AsyncIterator[dict[str, Any]]:  # noqa: ANN401 - the client's
        """Yield them on two pages."""
        assert (asked["AlarmNamePrefix"], asked["StateValue"]) == ("shop-", "ALARM")
        for names in (["shop-mailer-stuck"], ["shop-mailer-rest", "shop-run-failed"]):
            yield {
                "MetricAlarms": [
                    {"AlarmName": each, "StateReason": "why", "StateUpdatedTimestamp": AT} for each in names
                ]
            }


async def test_on_aws_cloudwatch_says_which_alarms_ring() -> None:
    """Those that start and stop tasks tell a person nothing."""
    cloudwatch = SimpleNamespace(get_paginator=lambda _: Pages())
    environment = cast("Environment", SimpleNamespace(name="shop", on_aws=True, cloudwatch=cloudwatch))
    found = await ringing(environment, [])
    assert [(each.name, each.since) for each in found or []] == [("mailer-stuck", AT), ("run-failed", AT)]


def test_an_emulator_s_alarms_have_the_thresholds_of_terraform() -> None:
    """One environment does not ring where another would not."""
    limits = dict(re.findall(r"(\w+) += optional\(number, (\d+)\)", LIMITS.read_text("utf-8")))
    assert int(limits["stuck_minutes"]) * 60 == STUCK_S
    assert int(limits["held_hours"]) * 3_600 == HELD.total_seconds()


async def test_two_looks_tell_how_fast_a_queue_grows_and_how_long_nothing_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A look after a minute, with ten more; then one after half an hour, with as many."""
    now, waiting = 1_000.0, 5

    async def states(*_: object) -> list[QueueState]:
        facts = {"visible": waiting, "in_flight": 0, "delayed": 0, "oldest_age_s": None, "dead_letters": 0}
        return [QueueState(name="mailer", **facts)]

    async def nothing(*_: object) -> dict[str, dict[str, float]]:
        return {}

    for name, double in (("queue_states", states), ("queue_metrics", nothing), ("now_s", lambda: now)):
        monkeypatch.setattr(queues, name, double)
    topology = SimpleNamespace(queues={"mailer": None})
    watch = QueueWatch(cast("Environment", SimpleNamespace(topology=topology)))
    (first,) = await watch.look()
    now, waiting = now + 60, 15
    (second,) = await watch.look()
    now += 1_800
    (third,) = await watch.look()
    assert [each.grows_per_min for each in (first, second, third)] == [None, 10, 0]
    assert [each.idle_s for each in (first, second, third)] == [0, 60, 1_860]
    waiting = 14
    assert (await watch.look())[0].idle_s == 0
