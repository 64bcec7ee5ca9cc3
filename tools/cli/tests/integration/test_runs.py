"""`encore runs` and `run` against an emulator."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from encore.contracts import object_keys
from encore.contracts.events import (
    DataIngested,
    RecommendationsReady,
    RecommenderPoll,
    SentimentScored,
    new_event,
)
from encore.contracts.records import (
    AspectCount,
    Customer,
    Recommendation,
    RecommendationSource,
    Review,
    Sentiment,
    SentimentSummary,
)
from encore.contracts.run_id import run_id
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import PartReport, StageName
from encore.stack.provision import Resources
from tests.support.runs import START, finish_part

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Encore

InLedger = Callable[[Callable[[Ledger], Awaitable[Any]]], Any]
Bodies = Callable[[str], list[str]]
RUN = "run-0123456789abcdef"


def a_report(stage: StageName, part: int = 1, **counts: int) -> PartReport:
    """Return the report of a part."""
    return PartReport(stage=stage, name=f"part-{part:05}", started_at=START, finished_at=START, counts=counts)


@pytest.fixture
def advance(in_ledger: InLedger) -> Callable[..., None]:
    """Open a run of two parts and finish these parts in these stages."""

    def to(*finished: tuple[StageName, int], name: str = RUN, source: str = "s3://b/uploads/a.csv") -> None:
        async def record(ledger: Ledger) -> None:
            await ledger.open_run(name, source=source)
            await ledger.set_parts(name, 2)
            for stage, part in finished:
                await finish_part(ledger, name, part, a_report(stage, part, reviews_scored=2))

        in_ledger(record)

    return to


@pytest.fixture
def put_lines(resources: Resources) -> Callable[..., None]:
    """Store records in the data bucket."""

    def put(key: str, *records: Customer | Recommendation | SentimentSummary) -> None:
        body = "".join(record.model_dump_json() + "\n" for record in records)
        boto3.client("s3").put_object(Bucket=resources.buckets["data"], Key=key, Body=body)

    return put


def a_customer(number: int, reviews: int) -> Customer:
    """Return a customer with reviews."""
    return Customer(
        customer_id=f"c{number}",
        reviews=tuple(Review(review_id=f"r{number}-{each}", product_ids=("p",)) for each in range(reviews)),
    )


def test_runs_are_listed_latest_first(encore: "Encore", advance: Callable[..., None]) -> None:
    """With the progress of each stage."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2), (StageName.SENTIMENT, 2))
    advance(name="run-2")
    listed = encore("runs", "--json").json
    assert [run["run_id"] for run in listed] == ["run-2", RUN]
    assert listed[1]["done"] == {"ingest": 2, "sentiment": 1, "recommender": 0, "mailer": 0}
    assert [run["run_id"] for run in encore("runs", "--json", "--limit", "1").json] == ["run-2"]
    assert encore("runs", "--json", "--status", "failed").json == []
    table = encore("runs").out
    assert "sentiment 1/2" in table
    assert all(len(line) <= 80 for line in table.splitlines())


def test_a_run_is_shown_in_full(encore: "Encore", advance: Callable[..., None], in_ledger: InLedger) -> None:
    """Stages, counts, cost, and why it failed."""
    advance((StageName.INGEST, 1))
    in_ledger(lambda ledger: ledger.fail(RUN, "[red]broken\x1b[2J"))
    shown = encore("run", "show", "latest", "--json").json
    assert (shown["status"], shown["reason"]) == ("failed", "[red]broken\x1b[2J")
    assert shown["stages"][0] | {"seconds": 0} == {
        "stage": "ingest",
        "done": 1,
        "parts": 2,
        "announced": False,
        "seconds": 0,
    }
    assert shown["counts"] == {"reviews_scored": 2}
    assert r"[red]broken\x1b[2J" in encore("run", "show", RUN[:8]).out


def test_a_run_shows_what_its_customers_said(
    encore: "Encore", advance: Callable[..., None], put_lines: Callable[..., None]
) -> None:
    """Once the summary is stored; before, and for runs of earlier versions, there is nothing to show."""
    advance((StageName.INGEST, 1))
    assert encore("run", "show", RUN, "--json").json["sentiment"] is None
    assert "not scored" not in encore("run", "show", RUN).out
    praised = AspectCount(aspect="battery life", praised=41, blamed=4, neutral=3)
    said = SentimentSummary(texts=4, scored=3, empty=1, labels={Sentiment.NEGATIVE: 3}, praised=(praised,))
    put_lines(object_keys.sentiment_summary(RUN), said)
    shown = encore("run", "show", RUN, "--json").json["sentiment"]
    assert (shown["labels"], shown["unscored_share"]) == ({"NEGATIVE": 3}, 0.25)
    text = encore("run", "show", RUN).out
    assert "negative        3  100.0%" in text
    assert "not scored      1   25.0%  of 4 in all; 1 without a word" in text
    assert "battery life  41 of 48 praise" in text


def test_an_unknown_run_is_named(encore: "Encore") -> None:
    """In one line, ending with 1."""
    answer = encore("run", "show", "run-77")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "there are no runs yet\n"


@pytest.mark.parametrize(("failed", "code"), [(False, 0), (True, 1)])
def test_watching_ends_with_the_run(
    encore: "Encore",
    advance: Callable[..., None],
    in_ledger: InLedger,
    failed: bool,  # noqa: FBT001 - a table's column
    code: int,
) -> None:
    """A failed run makes the exit code 1."""
    advance()
    in_ledger(lambda ledger: ledger.fail(RUN, "broken") if failed else ledger.finish(RUN))
    answer = encore("run", "watch", "latest", "--json")
    assert answer.code == code
    assert answer.lines[-1]["status"] == ("failed" if failed else "finished")
    assert encore("run", "watch", "latest").code == code


def test_lost_parts_are_announced_again_with_their_own_ids(
    encore: "Encore", advance: Callable[..., None], put_lines: Callable[..., None], bodies: Bodies
) -> None:
    """With the same event as ingest's, to the same topic; a scored part is not announced."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2), (StageName.SENTIMENT, 1))
    key = object_keys.customers(RUN, 2)
    put_lines(key, a_customer(1, 2), a_customer(2, 1))
    (sent,) = encore("run", "retry", RUN, "--json").json
    (body,) = bodies("sentiment")
    data = DataIngested(part=2, parts=2, key=key, customers=2, reviews=3)
    expected = new_event(data, run_id=RUN, source="ingest")
    assert json.loads(body) | {"time": ""} == json.loads(expected.model_dump_json(exclude_none=True)) | {
        "time": ""
    }
    assert (sent["topic"], sent["event_id"]) == ("data-ingested", expected.id)


def test_a_dry_run_sends_nothing(
    encore: "Encore", advance: Callable[..., None], put_lines: Callable[..., None], bodies: Bodies
) -> None:
    """It only shows what would be sent."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2), (StageName.SENTIMENT, 1))
    put_lines(object_keys.customers(RUN, 2), a_customer(1, 1))
    answer = encore("run", "retry", RUN, "--dry-run")
    assert "part 2 is not scored" in answer.out
    assert bodies("sentiment") == []


def scored(in_ledger: InLedger, **step: str) -> None:
    """Announce sentiment, and put the recommender at this step."""

    async def announce(ledger: Ledger) -> None:
        await ledger.open_run(RUN, source="s3://b/uploads/a.csv")
        await ledger.set_parts(RUN, 1)
        await finish_part(ledger, RUN, 1, a_report(StageName.INGEST))
        progress = await finish_part(ledger, RUN, 1, a_report(StageName.SENTIMENT, reviews_scored=9))
        await ledger.close_stage(progress, owner="part-1", announce=nothing)
        if step:
            await ledger.set_step(RUN, **step)

    in_ledger(announce)


async def nothing() -> None:
    """Announce nothing."""


def test_a_recommender_that_has_not_started_gets_sentiment_scored_again(
    encore: "Encore", in_ledger: InLedger, bodies: Bodies
) -> None:
    """The same event as sentiment's."""
    scored(in_ledger)
    encore("run", "retry", RUN)
    (body,) = bodies("recommender")
    event = json.loads(body)
    assert event["data"] == {"parts": 1, "reviews": 9}
    data = SentimentScored(parts=1, reviews=9)
    assert event["id"] == new_event(data, run_id=RUN, source="sentiment").id


def test_a_recommender_that_was_polling_gets_its_latest_poll(
    encore: "Encore", in_ledger: InLedger, bodies: Bodies
) -> None:
    """Directly in its queue, with the ledger's attempt."""
    scored(in_ledger, attempt="7", step="train")
    encore("run", "retry", RUN)
    (body,) = bodies("recommender")
    event = json.loads(body)
    assert (event["type"], event["data"]) == (RecommenderPoll.type, {"attempt": 7})
    poll = RecommenderPoll(attempt=7)
    assert event["id"] == new_event(poll, run_id=RUN, source="recommender").id


def test_recommended_parts_that_are_not_mailed_are_announced_again(
    encore: "Encore", in_ledger: InLedger, put_lines: Callable[..., None], bodies: Bodies
) -> None:
    """The mailer recognises the part."""
    scored(in_ledger)
    in_ledger(lambda ledger: finish_part(ledger, RUN, 1, a_report(StageName.RECOMMENDER)))
    key = object_keys.recommendations(RUN, 1)
    put_lines(key, Recommendation(customer_id="c", source=RecommendationSource.POPULARITY, picks=()))
    encore("run", "retry", RUN)
    (body,) = bodies("mailer")
    event = json.loads(body)
    data = RecommendationsReady(part=1, parts=1, key=key, customers=1)
    assert event["data"] == data.model_dump()
    assert event["id"] == new_event(data, run_id=RUN, source="recommender").id


@pytest.mark.parametrize("keys", [["uploads/a b.csv"], ["uploads/x/products.csv", "uploads/x/reviews.csv"]])
def test_ingest_is_notified_again_of_an_upload_that_it_did_not_process(
    encore: "Encore", in_ledger: InLedger, resources: Resources, bodies: Bodies, keys: list[str]
) -> None:
    """Also for keys with spaces and for three separate files."""
    bucket, s3 = resources.buckets["data"], boto3.client("s3")
    etags = {key: s3.put_object(Bucket=bucket, Key=key, Body=key.encode())["ETag"].strip('"') for key in keys}
    bodies("ingest-uploads")
    name = run_id(bucket, etags)
    in_ledger(lambda ledger: ledger.open_run(name, source=f"s3://{bucket}/{' '.join(keys)}"))
    assert encore("run", "retry", "latest").code == 0
    (body,) = bodies("ingest-uploads")
    assert json.loads(body)["Records"][0]["s3"]["object"]["eTag"] == etags[keys[0]]


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_ingest_is_not_notified_of_an_upload_that_is_gone_or_changed(
    encore: "Encore", in_ledger: InLedger, resources: Resources, bodies: Bodies, change: str
) -> None:
    """That would be another run."""
    bucket, s3 = resources.buckets["data"], boto3.client("s3")
    etag = s3.put_object(Bucket=bucket, Key="uploads/a.csv", Body=b"a")["ETag"].strip('"')
    name = run_id(bucket, {"uploads/a.csv": etag})
    in_ledger(lambda ledger: ledger.open_run(name, source=f"s3://{bucket}/uploads/a.csv"))
    if change == "gone":
        s3.delete_object(Bucket=bucket, Key="uploads/a.csv")
    else:
        s3.put_object(Bucket=bucket, Key="uploads/a.csv", Body=b"b")
    bodies("ingest-uploads")
    answer = encore("run", "retry", "latest")
    assert answer.code == 1
    assert "gone or has changed" in answer.err
    assert bodies("ingest-uploads") == []


def test_a_run_whose_files_are_gone_is_not_retried(encore: "Encore", advance: Callable[..., None]) -> None:
    """Its messages could only fail."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2))
    answer = encore("run", "retry", RUN)
    assert answer.code == 1
    assert f"{object_keys.customers(RUN, 1)} is gone" in answer.err


def test_a_failed_run_is_not_retried(
    encore: "Encore", advance: Callable[..., None], in_ledger: InLedger
) -> None:
    """It says why it failed and what can be done."""
    advance((StageName.INGEST, 1))
    in_ledger(lambda ledger: ledger.fail(RUN, "no such column"))
    answer = encore("run", "retry", RUN)
    assert answer.code == 1
    assert "no such column" in answer.err
    assert answer.err.count("\n") == 1
