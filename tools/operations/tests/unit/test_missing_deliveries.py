"""What the delivery of a finished run waits for."""

from typing import Any

import pytest

from fondly.operations.errors import OperationError
from fondly.operations.runs.missing import MissingMessage, missing_messages
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.run import MAKING, Run, RunStatus, StageName, StageState
from tests.support.runs import START

SENDER = StageName.SENDER
ALL = StageState(done=frozenset({1, 2, 3}), announced=True)


def a_run(*delivered: int) -> Run:
    """Return a finished run of three parts."""
    return Run(
        run_id="run-1",
        status=RunStatus.FINISHED,
        created_at=START,
        parts=3,
        stages={**dict.fromkeys(MAKING, ALL), SENDER: StageState(done=frozenset(delivered))},
    )


def a_delivery(status: DeliveryStatus = DeliveryStatus.APPROVED, **values: Any) -> Delivery:  # noqa: ANN401 - fields
    """Return its delivery, whose parts have been released, at its fourth poll."""
    return Delivery(
        run_id="run-1",
        status=status,
        opened_at=START,
        **{"release": 1, "released": 1, "attempt": 4, **values},
    )


def parts_of(found: list[MissingMessage]) -> list[int]:
    """The parts that messages are about."""
    return [each.part for each in found if each.part]


def test_a_delivery_waits_for_its_latest_poll_and_for_every_part_on_its_way() -> None:
    """Parts that wait for a time are released by polls."""
    found = missing_messages(a_run(2), a_delivery(due={3: 1}))
    assert found[0] == MissingMessage(SENDER, "its delivery goes on by polls", attempt=4)
    assert parts_of(found) == [1]


def test_parts_that_are_not_released_yet_wait_for_the_poll() -> None:
    """It releases them, once the delivery's time has come."""
    assert parts_of(missing_messages(a_run(), a_delivery(release=2))) == []


def test_of_a_sample_only_its_parts_are_on_their_way() -> None:
    """A message about another part would be about none of its emails."""
    sample = a_delivery(DeliveryStatus.SAMPLE, sample=5, sample_parts={1: 5})
    assert parts_of(missing_messages(a_run(), sample)) == [1]


def test_a_run_without_a_delivery_waits_to_be_taken_up() -> None:
    """Its `run-finished` may be lost."""
    assert [each.stage for each in missing_messages(a_run(), None)] == [SENDER]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (DeliveryStatus.HELD, "run-1 is held for approval: `fondly run approve`"),
        (DeliveryStatus.PAUSED, "run-1 is paused: `fondly run resume`"),
        (DeliveryStatus.REJECTED, "run-1 is rejected: that is for good"),
        (DeliveryStatus.DONE, "run-1 is delivered: there is nothing left"),
    ],
)
def test_a_delivery_that_does_not_go_out_waits_for_nothing(status: DeliveryStatus, words: str) -> None:
    """The error says what would make it go out."""
    with pytest.raises(OperationError, match=words):
        missing_messages(a_run(), a_delivery(status))
