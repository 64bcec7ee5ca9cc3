import json

import pytest

from fondly.contracts import object_keys
from fondly.contracts.events import RunFinished, SentimentScored
from fondly.contracts.records import SharedText
from fondly.runtime.runs.run import RunStatus
from fondly.runtime.runs.totals import total
from fondly.sentiment.domain.job import JobStatus
from fondly.sentiment.domain.job_output import JobLine, read_line
from services.sentiment.tests.fakes import POSITIVE
from services.sentiment.tests.world import JOB_FROM_TEXTS, RUN, World, customer_of, message, poll

WORDS = [f"good {number}" for number in range(JOB_FROM_TEXTS)]
INPUT = object_keys.sentiment_job(RUN, "input/en/texts-00001.txt")


@pytest.fixture
async def world() -> World:
    """A run of two parts with as many texts as a job is worth; the second part repeats one of the first."""
    made = World()
    await made.ingest([customer_of(1, *WORDS[:600])], [customer_of(2, *WORDS[599:])])
    await made.share(2, SharedText(product_id="p", text=WORDS[0]))
    return made


async def begin(world: World) -> None:
    """Deliver both parts' messages."""
    for part in (1, 2):
        await world.handle(message(part, run_texts=len(WORDS)))


def answer(world: World, *, but: int | None = None) -> None:
    """Write the job's output in no particular order, and end it; one line may have failed."""
    lines = world.objects.stored[INPUT].decode().splitlines()
    world.outputs.written["output-en"] = [
        JobLine("texts-00001.txt", number, None if number == but else POSITIVE)
        for number in reversed(range(len(lines)))
    ]
    world.jobs.end("en", JobStatus.COMPLETED)


async def test_a_large_run_is_asked_about_by_one_job(world: World) -> None:
    """Its input has each text once, on a line of its own; nothing else is asked until it ends."""
    await begin(world)
    assert world.jobs.started == {"run-1-en": len(WORDS)}
    assert sorted(world.objects.stored[INPUT].decode().splitlines()) == sorted(WORDS)
    assert world.polls.sent == [(RUN, 1)]
    await world.handle(poll(1))
    assert world.polls.sent == [(RUN, 1), (RUN, 2)]
    assert (world.asks.asked, world.announcer.announced) == ([], [])


async def test_both_ways_store_the_same_bytes(world: World) -> None:
    """Calls and a job leave identical objects, opinions and totals; only who paid for the answers differs."""
    await begin(world)
    answer(world)
    await world.handle(poll(1))
    by_calls = World()
    await by_calls.ingest([customer_of(1, *WORDS[:600])], [customer_of(2, *WORDS[599:])])
    await by_calls.share(2, SharedText(product_id="p", text=WORDS[0]))
    await by_calls.score_all()
    assert world.asks.asked == []
    stored = {key: body for key, body in world.objects.stored.items() if "/job/" not in key}
    assert stored == by_calls.objects.stored
    assert world.opinions.items == by_calls.opinions.items
    assert world.announcer.of(SentimentScored) == by_calls.announcer.of(SentimentScored)
    costs = [total(await each.ledger.reports(RUN)).cost_usd["comprehend"] for each in (world, by_calls)]
    assert costs[0] == costs[1]


async def test_a_text_that_the_job_could_not_answer_is_asked_about_by_a_call(world: World) -> None:
    """Its line carries an error."""
    await begin(world)
    answer(world, but=7)
    await world.handle(poll(1))
    assert world.asks.asked == [world.objects.stored[INPUT].decode().splitlines()[7]]
    assert len(world.announcer.of(SentimentScored)) == 1


async def test_a_failed_job_leaves_its_texts_to_calls(world: World) -> None:
    """They cost the same and take longer, which is better than losing the run."""
    await begin(world)
    world.jobs.end("en", JobStatus.FAILED, "NO_READ_ACCESS_TO_INPUT: …")
    await world.handle(poll(1))
    assert sorted(world.asks.asked) == sorted(WORDS)
    assert len(world.announcer.of(SentimentScored)) == 1
    totals = total(await world.ledger.reports(RUN))
    assert totals.counts["texts_asked"] == len(WORDS)
    assert str(totals.cost_usd["comprehend"]) == "0.300000"


async def test_a_job_that_somebody_stopped_fails_the_run(world: World) -> None:
    """Whoever stops it does not want the texts to be paid for in another way."""
    await begin(world)
    world.jobs.end("en", JobStatus.STOPPED)
    await world.handle(poll(1))
    assert (await world.ledger.run(RUN)).status is RunStatus.FAILED
    [finished] = world.announcer.of(RunFinished)
    assert isinstance(finished, RunFinished)
    assert finished.reason == "somebody stopped the run's Comprehend job"
    assert (world.asks.asked, world.polls.sent) == ([], [(RUN, 1)])


async def test_a_job_waits_while_the_account_has_as_many_as_it_may(world: World) -> None:
    """The next poll starts it, at no further cost."""
    world.jobs.busy = True
    await begin(world)
    assert world.jobs.started == {}
    written = dict(world.objects.stored)
    world.objects.stored[INPUT] = b"written once"
    world.jobs.busy = False
    await world.handle(poll(1))
    assert world.objects.stored == {**written, INPUT: b"written once"}
    assert world.jobs.started == {"run-1-en": len(WORDS)}


async def test_a_job_waits_until_every_part_is_stored() -> None:
    """The first messages arrive while ingest still writes the last parts."""
    world = World()
    await world.ingest([customer_of(1, *WORDS)])
    await world.ledger.set_parts(RUN, 2)
    await world.handle(message(1, run_texts=len(WORDS)))
    assert (world.jobs.started, world.polls.sent) == ({}, [(RUN, 1)])


async def test_a_redelivered_poll_starts_and_announces_nothing_twice(world: World) -> None:
    """Neither a doubled message nor an old one does anything again."""
    await begin(world)
    answer(world)
    for attempt in (1, 1, 0):
        await world.handle(poll(attempt))
    await world.handle(message(1, run_texts=len(WORDS)))
    assert len(world.announcer.of(SentimentScored)) == 1
    assert world.jobs.started == {"run-1-en": len(WORDS)}


async def test_a_large_run_of_known_texts_needs_no_job(world: World) -> None:
    """A file of which little has changed pays for that little, by calls, at once."""
    await begin(world)
    answer(world)
    await world.handle(poll(1))
    await world.ingest([customer_of(1, *WORDS[1:], "splendid")], run_id="run-2")
    await world.handle(message(1, parts=1, run_id="run-2", run_texts=len(WORDS)))
    assert world.jobs.started == {"run-1-en": len(WORDS)}
    assert world.asks.asked == ["splendid"]
    assert len(world.announcer.of(SentimentScored)) == 2


def test_a_line_of_the_output_names_file_line_and_answer() -> None:
    """An error line has no answer."""
    scores = {"Positive": 1.0, "Negative": 0.0, "Neutral": 0.0, "Mixed": 0.0}
    good = {"File": "a.txt", "Line": 3, "Sentiment": "POSITIVE", "SentimentScore": scores}
    bad = {"File": "a.txt", "Line": 4, "ErrorCode": "DOCUMENT_SIZE_EXCEEDED", "ErrorMessage": "too long"}
    assert read_line(json.dumps(good).encode()) == JobLine("a.txt", 3, POSITIVE)
    assert read_line(json.dumps(bad).encode()) == JobLine("a.txt", 4, None)
