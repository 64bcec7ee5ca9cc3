"""A run whose prompts are asked by batch inference, from its first message to its last part."""

import pytest

from fondly.contracts import object_keys
from fondly.contracts.errors import PermanentError
from fondly.contracts.events import RunFinished
from fondly.mailer.domain.copy.job import ROUNDS, JobStatus, JobTask
from fondly.mailer.ports import ModelReply
from fondly.mailer.use_cases import collect_prompts
from fondly.mailer.use_cases.ask_once import PaidReply, kept_form, paid_reply
from fondly.runtime.kept_answers import Answer
from fondly.runtime.runs.run import RunStatus
from services.mailer.tests.batch_world import (
    FROM_PROMPTS,
    PARTS,
    RUN,
    World,
    input_key,
    output_key,
    poll,
    ready,
)
from services.mailer.tests.fakes import MODEL

ALL_PARTS = [object_keys.recommendations(RUN, part) for part in range(1, PARTS + 1)]


async def opened(*, features: int = FROM_PROMPTS, copies: int = FROM_PROMPTS) -> World:
    """A run of which every part is recommended."""
    world = World(features=features, copies=copies)
    await world.open()
    await world.recommend()
    return world


async def finish_rounds(world: World) -> None:
    """Deliver the first message, let both jobs answer everything, and poll as often as it takes."""
    await world.handle(ready())
    for attempt, task in enumerate(ROUNDS, start=1):
        world.answer(task)
        world.end(task)
        await world.handle(poll(attempt))


async def deliver_parts(world: World) -> None:
    """Deliver the messages about the parts that were released."""
    for _, part in world.polls.parts:
        await world.handle(poll(part=part))


async def test_a_large_run_is_answered_by_two_jobs_and_then_mailed() -> None:
    """First the features, then the copy that names them; then every part, by a message of its own."""
    world = await opened()
    await finish_rounds(world)
    assert world.jobs.started == {f"{RUN}-{task}": FROM_PROMPTS for task in ROUNDS}
    assert world.mailed.keys == []
    await deliver_parts(world)
    assert sorted(world.mailed.keys) == ALL_PARTS
    assert world.mailed.answers == 2 * FROM_PROMPTS
    assert len(world.announcer.of(RunFinished)) == 1
    assert (await world.ledger.run(RUN)).status is RunStatus.FINISHED


async def test_answers_are_kept_with_their_tokens_and_who_paid() -> None:
    """The parts find them under the prompts' keys, and know that a job has paid for them."""
    world = await opened()
    await finish_rounds(world)
    reply = ModelReply(text='{"a": 1}', input_tokens=100, output_tokens=10)
    for prompt in world.prompts[JobTask.COPY]:
        assert world.kept.answers[prompt.key(MODEL)] == Answer(kept_form(reply), f"{RUN}/job")
        assert paid_reply(world.kept.answers[prompt.key(MODEL)]) == PaidReply(reply, f"{RUN}/job")


async def test_a_job_is_billed_by_what_it_has_answered() -> None:
    """Its tokens have units of their own, since they cost half."""
    world = await opened()
    await finish_rounds(world)
    assert await world.units() == {
        "batch_input_tokens": 2 * FROM_PROMPTS * 100,
        "batch_output_tokens": 2 * FROM_PROMPTS * 10,
    }
    assert (await world.counts())["prompts_batched"] == 2 * FROM_PROMPTS


async def test_a_job_starts_once_all_parts_are_recommended() -> None:
    """Until then the prompts of the run are not known."""
    world = World()
    await world.open()
    await world.recommend(1)
    await world.handle(ready(1))
    assert (world.jobs.started, world.polls.sent) == ({}, [(RUN, 1)])
    await world.recommend(2)
    await world.handle(ready(2))
    assert world.jobs.started == {}
    await world.handle(poll(1))
    assert list(world.jobs.started) == [f"{RUN}-features"]


async def test_a_small_run_is_mailed_at_once() -> None:
    """Fewer prompts than a job is worth are left to calls; each part is mailed by its own message."""
    world = await opened(features=1, copies=FROM_PROMPTS - 1)
    for part in range(1, PARTS + 1):
        await world.handle(ready(part))
    assert (world.jobs.started, world.polls.sent, world.polls.parts) == ({}, [], [])
    assert world.mailed.keys == ALL_PARTS


async def test_a_round_with_few_prompts_is_skipped() -> None:
    """A shop whose products are known already has a job for copy alone."""
    world = await opened(features=0)
    await world.handle(ready())
    assert list(world.jobs.started) == [f"{RUN}-copy"]


async def test_only_what_nobody_has_asked_is_asked() -> None:
    """Each prompt once, though every part asks it, and none that has an answer."""
    world = await opened(copies=FROM_PROMPTS + 1)
    first, *others = world.prompts[JobTask.COPY]
    await world.kept.keep({first.key(MODEL): "{}"}, payer="another run")
    world.prompts[JobTask.FEATURES] = []
    await world.handle(ready())
    lines = world.objects.stored[input_key(JobTask.COPY)].splitlines()
    assert [line + b"\n" for line in lines] == [world.jobs.line(prompt) for prompt in others]


async def test_input_is_written_in_files_of_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is in memory while it is collected; the answers are found in the file of the same name."""
    monkeypatch.setattr(collect_prompts, "FILE_BYTES", 1)
    world = await opened(features=0)
    await world.handle(ready())
    files = [input_key(JobTask.COPY, number) for number in range(1, FROM_PROMPTS + 1)]
    assert [key for key in world.objects.stored if "/input/" in key] == files
    world.answer(JobTask.COPY)
    world.objects.stored[output_key(JobTask.COPY, 3)] = world.objects.stored.pop(output_key(JobTask.COPY))
    world.end(JobTask.COPY)
    await world.handle(poll(1))
    assert len(world.kept.answers) == FROM_PROMPTS


async def test_prompts_beyond_what_a_job_takes_are_left_to_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bedrock would refuse the whole job."""
    monkeypatch.setattr(collect_prompts, "MAX_PROMPTS", FROM_PROMPTS)
    world = await opened(features=0, copies=FROM_PROMPTS + 5)
    await world.handle(ready())
    assert world.jobs.started == {f"{RUN}-copy": FROM_PROMPTS}


async def test_records_that_failed_are_left_to_calls() -> None:
    """An error, an answer cut short and a missing line: none is kept, what was written is billed."""
    world = await opened(features=0)
    await world.handle(ready())
    whole, short, wrong, _ = world.prompts[JobTask.COPY]
    world.answer(
        JobTask.COPY,
        (wrong, "", None, "400 bad request"),
        (whole, "{}", None, ""),
        (short, "{", "the model stopped early: max_tokens", ""),
    )
    world.end(JobTask.COPY)
    await world.handle(poll(1))
    assert list(world.kept.answers) == [whole.key(MODEL)]
    assert (await world.units())["batch_output_tokens"] == 20
    assert world.polls.parts == [(RUN, 1), (RUN, 2)]


async def test_a_failed_job_leaves_the_run_to_calls() -> None:
    """Also one that never started in time: it costs more, but every customer gets an email."""
    world = await opened()
    await world.handle(ready())
    world.end(JobTask.FEATURES, JobStatus.FAILED, "Failed: the role cannot read the input")
    await world.handle(poll(1))
    assert list(world.jobs.started) == [f"{RUN}-features", f"{RUN}-copy"]
    world.end(JobTask.COPY, JobStatus.FAILED)
    await world.handle(poll(2))
    await deliver_parts(world)
    assert sorted(world.mailed.keys) == ALL_PARTS
    assert await world.units() == {}


async def test_a_busy_account_is_asked_again_without_collecting_twice() -> None:
    """The input waits; the next poll starts the job."""
    world = await opened(features=0)
    world.jobs.busy = True
    await world.handle(ready())
    del world.objects.stored[input_key(JobTask.COPY)]
    world.jobs.busy = False
    await world.handle(poll(1))
    assert list(world.jobs.started) == [f"{RUN}-copy"]
    assert input_key(JobTask.COPY) not in world.objects.stored


async def test_a_job_that_somebody_stops_fails_the_run() -> None:
    """It is how to stop a run that would cost too much: nothing is asked by calls instead."""
    world = await opened()
    await world.handle(ready())
    world.end(JobTask.FEATURES, JobStatus.STOPPED)
    await world.handle(poll(1))
    run = await world.ledger.run(RUN)
    assert (run.status, run.reason) == (RunStatus.FAILED, "somebody stopped the run's Bedrock job")
    assert [event.status for event in world.announcer.of(RunFinished) if isinstance(event, RunFinished)] == [
        "failed"
    ]
    assert world.polls.sent == [(RUN, 1)]


async def test_the_job_of_a_run_that_has_ended_is_stopped() -> None:
    """A newer upload supersedes the run: nobody needs the answers, and there are no further polls."""
    world = await opened()
    await world.handle(ready())
    await world.ledger.fail(RUN, "a newer upload")
    await world.handle(poll(1))
    assert world.jobs.stopped == ["arn:job/features"]
    assert (world.polls.sent, world.mailed.keys) == ([(RUN, 1)], [])


async def test_a_message_that_comes_after_the_jobs_is_mailed_as_always() -> None:
    """Its part may be released as well; it is mailed once."""
    world = await opened()
    await finish_rounds(world)
    await world.handle(ready(2))
    await deliver_parts(world)
    assert world.mailed.keys == [ALL_PARTS[1], ALL_PARTS[0]]


async def test_a_run_is_mailed_though_jobs_were_switched_off_meanwhile() -> None:
    """Its polls are still in the queue, and its parts' messages are gone."""
    world = await opened()
    await world.handle(ready())
    await world.handler(with_jobs=False)(poll(1))
    assert world.polls.parts == [(RUN, 1), (RUN, 2)]


async def test_another_event_is_refused() -> None:
    """Only parts and polls belong in the queue."""
    message = poll(1)
    with pytest.raises(PermanentError, match=r"expected fondly\.recommendations-ready\.v1"):
        await World().handle(
            type(message)("m", "r", message.body.replace("mailer-poll", "sentiment-poll"), 1, 0)
        )
