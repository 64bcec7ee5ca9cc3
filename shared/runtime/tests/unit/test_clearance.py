"""A run that cannot end does not begin."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError, TransientError
from fondly.contracts.events import DataIngested, EventData, UploadRead, new_event
from fondly.runtime.queue.message import Message
from fondly.runtime.runs.clearance import Clearance, WhenCleared
from fondly.runtime.runs.run import CLEARING, RunStatus, StageName
from tests.support.runs import RUN, Runs

UPLOAD = UploadRead(customers=3, interactions=13)
PART = DataIngested(part=1, parts=1, key="k", customers=3, reviews=9)
DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no access"}}, "CreateSchema")
THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "Converse")


def message(data: EventData) -> Message:
    """A message about the run."""
    return Message("m", "receipt", new_event(data, run_id=RUN, source="test").body, 1, 0)


SCORE = message(PART)


class World:
    """A run that has been read, and what a stage says of it."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.runs = Runs()
        self.handled: list[Message] = []
        self.sent: list[tuple[str, int]] = []
        self.asked: list[UploadRead] = []

    async def send(self, body: str, *, delay_s: int = 0) -> None:
        """As the queue."""
        self.sent.append((body, delay_s))

    async def handle(self, message: Message) -> None:
        """As the stage's own handler."""
        self.handled.append(message)

    async def require(self, upload: UploadRead) -> None:
        """Say yes, or raise the error."""
        self.asked.append(upload)
        if self.error:
            raise self.error

    async def read(self, *stages: StageName) -> None:
        """Deliver `upload-read` to stages."""
        await self.runs.ledger.open_run(RUN, source="test")
        for stage in stages:
            clears = Clearance(
                ledger=self.runs.ledger, stage=stage, require=self.require, handler=self.handle
            )
            await clears(message(UPLOAD))

    async def score(self) -> None:
        """Deliver the run's part to sentiment."""
        queue: Any = self
        await WhenCleared(self.runs.ledger, queue, self.handle)(SCORE)


async def test_nothing_is_paid_before_the_later_stages_have_cleared_the_run() -> None:
    """A part is put off while one of them is silent, and handled once the last has spoken."""
    world = World()
    first, *others = sorted(CLEARING)
    await world.read(*others)
    await world.score()
    assert world.handled == []
    assert world.sent == [(SCORE.body, 1)]
    await world.read(first)
    await world.score()
    assert len(world.handled) == 1
    assert world.asked == [UPLOAD] * len(CLEARING)


@pytest.mark.parametrize("error", [PermanentError("a model of no name"), DENIED])
async def test_a_run_that_cannot_end_is_stopped_with_a_reason_and_a_remedy(error: Exception) -> None:
    """Its parts are left to the handler, which drops them; the other stages' yes changes nothing."""
    world = World(error)
    await world.read(StageName.MAILER)
    world.error = None
    await world.read(*CLEARING)
    run = await world.runs.ledger.run(RUN)
    assert run.status is RunStatus.STOPPED
    assert str(error) in (run.reason or "")
    assert "`fondly run resume`" in (run.reason or "")
    await world.score()
    assert (len(world.handled), world.sent) == (1, [])


@pytest.mark.parametrize("error", [THROTTLED, TransientError("down"), TimeoutError()])
async def test_an_error_that_may_pass_is_retried(error: Exception) -> None:
    """It stops no run."""
    world = World(error)
    with pytest.raises(type(error)):
        await world.read(StageName.MAILER)
    run = await world.runs.ledger.run(RUN)
    assert (run.status, run.cleared) == (RunStatus.RUNNING, frozenset())


async def test_a_run_that_has_begun_is_not_stopped_by_a_repeated_message() -> None:
    """What its stages have cleared may be half paid by then; a run that has ended is left alone, too."""
    world = World()
    await world.read(*CLEARING)
    world.error = PermanentError("withdrawn since")
    await world.read(*CLEARING)
    assert (await world.runs.ledger.run(RUN)).status is RunStatus.RUNNING
    assert len(world.asked) == len(CLEARING)


async def test_other_messages_go_to_the_handler() -> None:
    """As if there were no clearance."""
    world = World()
    clears = Clearance(
        ledger=world.runs.ledger, stage=StageName.MAILER, require=world.require, handler=world.handle
    )
    await clears(SCORE)
    assert (len(world.handled), world.asked) == (1, [])
