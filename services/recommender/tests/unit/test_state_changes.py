"""How state changes of Personalize's jobs advance a run before its poll is due."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from encore.contracts.errors import PermanentError
from encore.contracts.events import (
    RecommendationsReady,
    RecommenderPoll,
    RunFinished,
)
from encore.recommender.domain.resources import Kind
from services.recommender.tests.fakes import (
    InMemoryPersonalize,
)
from services.recommender.tests.world import RUN, World, crash


async def test_a_state_change_advances_the_run_at_once() -> None:
    """The run advances without waiting for its poll, and sends no second one."""
    world = World()
    await world.open()
    await world.train()
    for step in ("datasets", "import", "solution"):
        await world.change_state("ACTIVE")
        assert (await world.ledger.run(RUN)).step["step"] == step
    assert world.polls.sent[3:] == [(RUN, 2)]


async def test_a_state_change_does_not_advance_a_run_that_is_still_prepared() -> None:
    """Its turn begins before; another run's job, or one of somebody else, must not make it import nothing."""
    world = World()
    await world.open()
    await world.start()
    assert world.turns.run_id == RUN
    await world.change_state("ACTIVE")
    assert world.personalize.made == {}
    await world.deliver_sent()
    assert len(world.announcer.of(RecommendationsReady)) == 2


async def test_the_last_state_change_sends_an_immediate_poll() -> None:
    """The immediate poll completes the run; the delayed one is dropped, so nothing is selected twice."""
    world = World()
    await world.open()
    await world.train()
    while len(world.polls.sent_at_once) == 3:
        await world.change_state("ACTIVE")
    await world.change_state("ACTIVE")
    assert world.polls.sent[3:] == [(RUN, 2), (RUN, 3)]
    await world.deliver(RecommenderPoll(attempt=2))
    await world.deliver_bundles()
    assert world.announcer.announced == []
    await world.deliver(RecommenderPoll(attempt=3))
    await world.deliver_bundles()
    assert len(world.announcer.of(RecommendationsReady)) == 2
    assert world.turns.run_id is None


async def test_the_delayed_poll_still_counts_when_the_immediate_one_cannot_be_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A repeated state change does nothing: the run is already at its last step."""
    world = World()
    await world.open()
    await world.train()
    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(world.polls, "send", crash)
        while True:
            await world.change_state("ACTIVE")
    await world.change_state("ACTIVE")
    assert world.polls.sent[3:] == [(RUN, 2)]
    await world.deliver(RecommenderPoll(attempt=2))
    await world.deliver_bundles()
    assert len(world.announcer.of(RecommendationsReady)) == 2


async def test_a_failed_job_ends_the_run_by_an_immediate_poll() -> None:
    """A poll names its run, so its redelivery after a crash still announces the reason."""
    world = World(InMemoryPersonalize(failures={Kind.IMPORT_JOB: "no luck"}))
    await world.open()
    await world.train()
    await world.deliver(RecommenderPoll(attempt=2))
    await world.change_state("CREATE FAILED")
    assert (await world.ledger.run(RUN)).is_open
    assert world.polls.sent_at_once[3:] == [(RUN, 4)]
    await world.deliver(RecommenderPoll(attempt=4))
    await world.deliver(RecommenderPoll(attempt=3))
    assert "no luck" in str((await world.ledger.run(RUN)).reason)
    assert len(world.announcer.of(RunFinished)) == 1


async def test_a_state_change_advances_only_the_run_whose_turn_it_is() -> None:
    """A run that waits for its turn advances only by its polls."""
    world = World()
    await world.open(run_id="first")
    await world.open(run_id="second")
    await world.train("first")
    await world.train("second")
    await world.change_state("ACTIVE")
    assert (await world.ledger.run("first")).step["step"] == "datasets"
    assert "step" not in (await world.ledger.run("second")).step


@pytest.mark.parametrize("turn_of", [None, "unknown", RUN])
async def test_a_state_change_that_no_run_waits_for_does_nothing(turn_of: str | None) -> None:
    """Late ones of other runs, and those of other jobs in the account, are acknowledged."""
    world = World()
    await world.open()
    await world.ledger.finish(RUN)
    world.turns.run_id = turn_of
    await world.change_state("ACTIVE")
    assert (world.polls.sent, world.personalize.made) == ([], {})


async def test_a_state_change_of_another_service_is_a_permanent_error() -> None:
    """The reason names the service."""
    with pytest.raises(PermanentError, match=r"from aws\.s3"):
        await World().change_state("ACTIVE", source="aws.s3")


async def test_state_changes_of_one_run_are_handled_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that come together would each look for the training and start one, and each send a poll at once."""
    world = World()
    await world.open()
    await world.train()
    looking = world.personalize.is_active
    at_once, most = 0, 0

    async def looks(kind: Kind, arn: str) -> bool:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return await looking(kind, arn)

    monkeypatch.setattr(world.personalize, "is_active", looks)
    for _ in range(2):
        await asyncio.gather(*(world.change_state("ACTIVE", message_id=str(n)) for n in range(3)))
    assert most == 1


async def test_a_state_change_looks_again_once_the_run_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it waited, a poll may have ended the run: it would take a turn for it, and pay for training."""
    world = World()
    await world.open()
    await world.train()
    hold = world.stage.lock

    @asynccontextmanager
    async def meanwhile(*args: str, holder: str) -> AsyncIterator[None]:
        async with hold(*args, holder=holder):
            await world.ledger.fail(RUN, "stopped by somebody")
            await world.turns.end(RUN)
            yield

    made = world.personalize.creations
    monkeypatch.setattr(type(world.stage), "lock", lambda _, *args, holder: meanwhile(*args, holder=holder))
    await world.change_state("ACTIVE")
    assert (world.personalize.creations, world.turns.run_id) == (made, None)
    assert world.polls.sent[3:] == [(RUN, 2)]
