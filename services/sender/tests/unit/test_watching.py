"""Deliveries that wait for somebody are not forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fondly.contracts.errors import PermanentError
from fondly.runtime.metrics import Metric
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.delivery import Act, Decision, Delivery, DeliveryStatus
from fondly.sender.handler import SenderHandler
from fondly.sender.use_cases import watch_deliveries
from fondly.sender.use_cases.watch_deliveries import WatchDeliveries

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SCHEDULED = (
    '{"version": "0", "id": "x", "source": "aws.events", "detail-type": "Scheduled Event",'
    ' "time": "2026-11-26T12:00:00Z", "resources": [], "detail": {}}'
)


class FakeDeliveries:
    """Some deliveries."""

    def __init__(self, *deliveries: Delivery) -> None:
        self._deliveries = list(deliveries)

    async def all(self) -> list[Delivery]:
        """Return them."""
        return self._deliveries


@pytest.fixture
def emitted(monkeypatch: pytest.MonkeyPatch) -> list[dict[Metric, float]]:
    """What is written as metrics."""
    found: list[dict[Metric, float]] = []
    monkeypatch.setattr(watch_deliveries, "emit", found.append)
    return found


def a_delivery(status: DeliveryStatus, **hours_ago: int) -> Delivery:
    """A delivery that was opened two days ago, with decisions since."""
    decisions = [
        Decision(act=Act(act), by="test", at=NOW - timedelta(hours=hours)) for act, hours in hours_ago.items()
    ]
    opened_at = NOW - timedelta(hours=48)
    return Delivery(run_id=f"run-{status}", status=status, opened_at=opened_at, decisions=tuple(decisions))


async def longest(emitted: list[dict[Metric, float]], *deliveries: Delivery) -> float:
    """The longest wait in hours, as it is reported."""
    await WatchDeliveries(FakeDeliveries(*deliveries).all, now=lambda: NOW).run()
    [values] = emitted
    return values[Metric.DELIVERY_WAIT_SECONDS] / 3_600


async def test_the_longest_wait_is_reported(emitted: list[dict[Metric, float]]) -> None:
    """Of those that only a person can go on with; what goes out or has ended waits for nobody."""
    assert await longest(
        emitted,
        a_delivery(DeliveryStatus.HELD, hold=30),
        a_delivery(DeliveryStatus.PAUSED, approve=40, pause=5),
        a_delivery(DeliveryStatus.APPROVED, hold=47, approve=46),
        a_delivery(DeliveryStatus.DONE, hold=47),
        a_delivery(DeliveryStatus.REJECTED, hold=47),
    ) == pytest.approx(30)


@pytest.mark.parametrize(
    ("delivery", "hours"),
    [
        (a_delivery(DeliveryStatus.HELD), 48),
        (a_delivery(DeliveryStatus.SAMPLE, hold=40, sample=2), 2),
        (a_delivery(DeliveryStatus.PAUSED, hold=40, approve=30, pause=3), 3),
    ],
)
async def test_a_wait_begins_with_the_latest_stop(
    emitted: list[dict[Metric, float]], delivery: Delivery, hours: int
) -> None:
    """A delivery that somebody has just looked at is not forgotten."""
    assert await longest(emitted, delivery) == pytest.approx(hours)


async def test_nothing_that_waits_is_reported_too(emitted: list[dict[Metric, float]]) -> None:
    """Or the alarm would stand for as long as nothing is reported."""
    assert await longest(emitted) == 0


async def test_a_schedule_lets_the_sender_look(emitted: list[dict[Metric, float]]) -> None:
    """Other events of AWS are none of the sender's."""
    unused: Any = None
    handler = SenderHandler(
        unused, unused, unused, unused, WatchDeliveries(FakeDeliveries().all, now=lambda: NOW)
    )
    await handler(a_message(SCHEDULED))
    assert len(emitted) == 1
    with pytest.raises(PermanentError, match=r"aws\.s3"):
        await handler(a_message(SCHEDULED.replace("aws.events", "aws.s3")))


def a_message(body: str) -> Message:
    """A message of the sender's queue."""
    return Message(body=body, message_id="m", receipt="r", receive_count=1, first_received_ms=0)
