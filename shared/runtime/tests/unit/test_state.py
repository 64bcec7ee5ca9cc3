"""What a service keeps of a run: typed, versioned, and never overwritten unseen."""

from typing import ClassVar

import pytest
from pydantic import ValidationError

from fondly.contracts.errors import NewerReleaseError
from fondly.runtime.jobs.durable import DurableJob, RunStates, Wait
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.runs.state import RELEASE, ServiceState
from tests.support.runs import RUN, START, Runs
from tests.support.stores import InMemoryPolls


class Kept(ServiceState):
    """A state of some service."""

    stage: ClassVar[StageName] = StageName.SENTIMENT
    words: tuple[str, ...] = ()
    share: float | None = None


async def opened() -> tuple[Runs, Run]:
    """A ledger with a run."""
    runs = Runs()
    return runs, await runs.ledger.open_run(RUN, source="s3://b/k")


async def test_a_state_is_read_as_it_was_written() -> None:
    """With its types, and who wrote it."""
    runs, run = await opened()
    run = await runs.ledger.change_state(run, Kept, lambda state: state.having(words=("a", "b"), share=0.5))
    state = Kept.of(await runs.ledger.run(RUN))
    assert (state.words, state.share, state.version) == (("a", "b"), 0.5, 1)
    assert (run.states[Kept.stage]["release"], run.states[Kept.stage]["format"]) == (RELEASE, 1)


async def test_changes_of_a_state_at_the_same_time_are_all_kept() -> None:
    """Whoever has read an older state changes the newer one instead."""
    runs, run = await opened()
    known = [run]
    for older, word in ((0, "first"), (0, "second"), (1, "third")):
        changed = runs.ledger.change_state(
            known[older],
            Kept,
            lambda state: state.having(words=(*state.words, word)),  # noqa: B023 - awaited
        )
        known.append(await changed)
    assert Kept.of(await runs.ledger.run(RUN)).words == ("first", "second", "third")


async def test_what_changes_nothing_writes_nothing() -> None:
    """The version stays."""
    runs, run = await opened()
    assert await runs.ledger.change_state(run, Kept, lambda state: state) is run


def test_a_member_of_the_wrong_type_or_name_is_refused() -> None:
    """A state that nobody could read would be found too late."""
    with pytest.raises(ValidationError):
        Kept().having(share="a half")
    with pytest.raises(ValidationError):
        Kept().having(shares=0.5)


def test_a_state_of_a_newer_release_says_which_release_to_use() -> None:
    """Tasks of the newer one may run beside: the message comes back until one takes it."""
    stored = {**Kept().stored(), "format": 2, "release": "9.0.0"}
    run = Run(run_id=RUN, created_at=START, states={Kept.stage: stored})
    with pytest.raises(NewerReleaseError) as refused:
        Kept.of(run)
    assert str(refused.value) == (
        f"run {RUN}: release 9.0.0 has written its sentiment state in format 2,"
        f" and release {RELEASE} reads formats up to 1: use release 9.0.0 or a newer one"
    )


def test_a_member_that_a_newer_release_has_added_is_ignored() -> None:
    """As long as the format is the same."""
    stored = {**Kept(words=("a",)).stored(), "more": 1}
    assert Kept.of(Run(run_id=RUN, created_at=START, states={Kept.stage: stored})) == Kept(words=("a",))


class Looks:
    """A job that is through after so many looks."""

    def __init__(self, runs: Runs, wanted: int) -> None:
        self.polls, self.done, self._wanted = InMemoryPolls(), 0, wanted
        states = RunStates(runs.ledger, Kept)
        self.job = DurableJob(states=states, polls=self.polls, look=self._look)

    async def _look(self, _: str, __: Kept) -> Wait | None:
        self.done += 1
        return Wait() if self.done < self._wanted else None


async def test_a_job_polls_until_it_is_through() -> None:
    """Each poll has the number after the one that sent it; stale ones are dropped."""
    runs, _ = await opened()
    looks = Looks(runs, 3)
    for attempt in (0, 1, 0, 2, 1):
        await looks.job.poll(RUN, attempt)
    assert (looks.done, looks.polls.sent) == (3, [(RUN, 1), (RUN, 2)])


async def test_a_poll_that_could_not_be_sent_is_sent_when_its_message_returns() -> None:
    """Its number is noted only afterwards."""
    runs, _ = await opened()
    looks = Looks(runs, 3)
    send, looks.polls.send = looks.polls.send, failing  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        await looks.job.poll(RUN, 0)
    looks.polls.send = send  # type: ignore[method-assign]
    await looks.job.poll(RUN, 0)
    assert looks.polls.sent == [(RUN, 1)]


async def failing(*_: object, **__: object) -> None:
    """Fail to send."""
    raise ConnectionError
