"""What a crash does to a run that is asked by batch inference, one moment after another."""

from collections.abc import Mapping

import pytest

from fondly.contracts.errors import TransientError
from fondly.mailer.domain.copy.job import ASKED, JobTask
from fondly.runtime.runs.run import Run
from services.mailer.tests.batch_world import FROM_PROMPTS, RUN, World, poll, ready


@pytest.fixture
async def world() -> World:
    """A run with a job for copy alone."""
    made = World(features=0)
    await made.open()
    await made.recommend()
    return made


async def crash(*_args: object, **_values: object) -> None:
    """What a call does that fails."""
    raise TransientError("connection reset")


def crash_at(world: World, step: str) -> None:
    """Let the worker die when it records this step."""
    set_step = world.ledger.set_step

    async def crash_there(run_id: str, **values: str) -> Run:
        if step in values:
            world.ledger.set_step = set_step  # type: ignore[method-assign] # another worker goes on
            raise TransientError("connection reset")
        return await set_step(run_id, **values)

    world.ledger.set_step = crash_there  # type: ignore[method-assign] # the worker dies there


async def test_a_started_job_that_was_not_recorded_is_found_again(world: World) -> None:
    """The same prompts are the same request, so Bedrock answers with the same job."""
    crash_at(world, "copy_copy_job")
    with pytest.raises(TransientError):
        await world.handle(ready())
    await world.handle(ready())
    assert world.jobs.started == {f"{RUN}-copy": FROM_PROMPTS}
    assert world.polls.sent == [(RUN, 1)]


async def test_a_poll_that_could_not_be_sent_is_sent_on_redelivery(world: World) -> None:
    """Its number is not recorded before, so the message that returns is not stale."""
    send = world.polls.send
    world.polls.send = crash  # type: ignore[method-assign] # SQS is down
    with pytest.raises(TransientError):
        await world.handle(ready())
    world.polls.send = send  # type: ignore[method-assign] # and up again
    await world.handle(ready())
    assert world.polls.sent == [(RUN, 1)]


async def test_two_chains_of_polls_become_one(world: World) -> None:
    """A crash between sending a poll and recording it sends it twice; one of the two is dropped."""
    await world.handle(ready())
    for _ in range(2):
        await world.handle(poll(1))
    assert world.polls.sent == [(RUN, 1), (RUN, 2)]


async def test_answers_that_were_not_kept_are_read_again(world: World) -> None:
    """The worker dies after half of them; the job is billed once."""
    await world.handle(ready())
    world.answer(JobTask.COPY)
    world.end(JobTask.COPY)
    keep = world.kept.keep

    async def crash_half_way(results: Mapping[str, str], *, payer: str) -> None:
        await keep(dict(list(results.items())[: FROM_PROMPTS // 2]), payer=payer)
        raise TransientError("connection reset")

    world.kept.keep = crash_half_way  # type: ignore[method-assign] # the worker dies there
    with pytest.raises(TransientError):
        await world.handle(poll(1))
    world.kept.keep = keep  # type: ignore[method-assign] # and another goes on
    await world.handle(poll(1))
    assert len(world.kept.answers) == FROM_PROMPTS
    assert (await world.units())["batch_output_tokens"] == 10 * FROM_PROMPTS


@pytest.mark.parametrize("step", ["copy_copy_kept", ASKED])
async def test_parts_are_released_by_the_poll_that_returns(world: World, step: str) -> None:
    """Whatever was recorded before the worker died, their own messages are gone."""
    await world.handle(ready())
    world.answer(JobTask.COPY)
    world.end(JobTask.COPY)
    crash_at(world, step)
    with pytest.raises(TransientError):
        await world.handle(poll(1))
    assert world.polls.parts == []
    await world.handle(poll(1))
    assert world.polls.parts == [(RUN, 1), (RUN, 2)]


async def test_parts_that_could_not_be_released_are_released_again(world: World) -> None:
    """A part that gets two messages is mailed once."""
    await world.handle(ready())
    world.answer(JobTask.COPY)
    world.end(JobTask.COPY)
    send_part = world.polls.send_part

    async def crash_at_the_second(run_id: str, part: int) -> None:
        if part == 2:
            raise TransientError("connection reset")
        await send_part(run_id, part)

    world.polls.send_part = crash_at_the_second  # type: ignore[method-assign] # SQS is down
    with pytest.raises(TransientError):
        await world.handle(poll(1))
    world.polls.send_part = send_part  # type: ignore[method-assign] # and up again
    await world.handle(poll(1))
    assert world.polls.parts == [(RUN, 1), (RUN, 1), (RUN, 2)]
    for _, part in world.polls.parts:
        await world.handle(poll(part=part))
    assert len(world.mailed.keys) == 2
