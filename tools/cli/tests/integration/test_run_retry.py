"""`fondly run retry` against an emulator: the messages that it sends."""

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
import pytest

from fondly.contracts import object_keys
from fondly.contracts.events import (
    DataIngested,
    RecommendationsReady,
    RecommenderPoll,
    SentimentScored,
    new_event,
)
from fondly.contracts.records import (
    Customer,
    Recommendation,
    RecommendationSource,
    Review,
    SentimentSummary,
    SharedText,
)
from fondly.contracts.run_id import run_id
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName
from fondly.runtime.runs.source import source_name
from fondly.runtime.storage import to_item
from fondly.stack.provision import Resources
from tests.support.runs import RUN, a_report, finish_part

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Bodies, Fondly, InLedger


def sha256(body: bytes) -> str:
    """The digest of an upload, which names its run."""
    return hashlib.sha256(body).hexdigest()


def a_customer(number: int, reviews: int) -> Customer:
    """Return a customer with reviews."""
    return Customer(
        customer_id=f"c{number}",
        reviews=tuple(Review(review_id=f"r{number}-{each}", product_ids=("p",)) for each in range(reviews)),
    )


def test_lost_parts_are_announced_again_with_their_own_ids(
    fondly: "Fondly",
    advance: Callable[..., None],
    put_lines: Callable[..., None],
    bodies: "Bodies",
) -> None:
    """With the same event as ingest's, to the same topic; a scored part is not announced."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2), (StageName.SENTIMENT, 1))
    key = object_keys.customers(RUN, 2)
    put_lines(key, a_customer(1, 2), a_customer(2, 1))
    put_lines(object_keys.shared_texts(RUN, 2), SharedText(product_id="p", text="Fine"))
    (sent,) = fondly("run", "retry", RUN, "--json").json
    (body,) = bodies("sentiment")
    data = DataIngested(part=2, parts=2, key=key, customers=2, reviews=3, shared_texts=1)
    expected = new_event(data, run_id=RUN, source="ingest")
    assert json.loads(body) | {"time": ""} == json.loads(expected.model_dump_json(exclude_none=True)) | {
        "time": ""
    }
    assert (sent["topic"], sent["event_id"]) == ("data-ingested", expected.id)


def test_a_dry_run_sends_nothing(
    fondly: "Fondly", advance: Callable[..., None], put_lines: Callable[..., None], bodies: "Bodies"
) -> None:
    """It only shows what would be sent."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2), (StageName.SENTIMENT, 1))
    put_lines(object_keys.customers(RUN, 2), a_customer(1, 1))
    answer = fondly("run", "retry", RUN, "--dry-run")
    assert "part 2 is not scored" in answer.out
    assert bodies("sentiment") == []


def scored(in_ledger: "InLedger", **step: str) -> None:
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


async def _polled(ledger: Ledger, attempt: int) -> None:
    run = await ledger.run(RUN)
    await ledger.change_state(run, RecommenderState, lambda state: state.having(attempt=attempt))


async def nothing() -> None:
    """Announce nothing."""


def test_a_recommender_that_has_not_started_gets_sentiment_scored_again(
    fondly: "Fondly", in_ledger: "InLedger", bodies: "Bodies"
) -> None:
    """The same event as sentiment's."""
    scored(in_ledger)
    fondly("run", "retry", RUN)
    (body,) = bodies("recommender")
    event = json.loads(body)
    assert event["data"] == {"parts": 1, "reviews": 9}
    data = SentimentScored(parts=1, reviews=9)
    assert event["id"] == new_event(data, run_id=RUN, source="sentiment").id


def test_sentiment_scored_is_sent_again_with_its_summary(
    fondly: "Fondly", in_ledger: "InLedger", put_lines: Callable[..., None], bodies: "Bodies"
) -> None:
    """It lies in the bucket, as sentiment stored it."""
    scored(in_ledger)
    summary = SentimentSummary(texts=9, scored=8, empty=1, languages={"en": 8})
    put_lines(object_keys.sentiment_summary(RUN), summary)
    fondly("run", "retry", RUN)
    (body,) = bodies("recommender")
    data = SentimentScored(parts=1, reviews=9, summary=summary)
    assert json.loads(body)["data"] == data.model_dump(mode="json", exclude_none=True)


def test_a_recommender_that_was_polling_gets_its_latest_poll(
    fondly: "Fondly", in_ledger: "InLedger", bodies: "Bodies"
) -> None:
    """Directly in its queue, with the ledger's attempt."""
    scored(in_ledger)
    in_ledger(lambda ledger: _polled(ledger, 7))
    fondly("run", "retry", RUN)
    (body,) = bodies("recommender")
    event = json.loads(body)
    assert (event["type"], event["data"]) == (RecommenderPoll.type, {"attempt": 7})
    poll = RecommenderPoll(attempt=7)
    assert event["id"] == new_event(poll, run_id=RUN, source="recommender").id


def test_recommended_parts_that_are_not_mailed_are_announced_again(
    fondly: "Fondly", in_ledger: "InLedger", put_lines: Callable[..., None], bodies: "Bodies"
) -> None:
    """The mailer recognises the part."""
    scored(in_ledger)
    in_ledger(lambda ledger: finish_part(ledger, RUN, 1, a_report(StageName.RECOMMENDER)))
    key = object_keys.recommendations(RUN, 1)
    put_lines(key, Recommendation(customer_id="c", source=RecommendationSource.POPULARITY, picks=()))
    fondly("run", "retry", RUN)
    (body,) = bodies("mailer")
    event = json.loads(body)
    data = RecommendationsReady(part=1, parts=1, key=key, customers=1)
    assert event["data"] == data.model_dump()
    assert event["id"] == new_event(data, run_id=RUN, source="recommender").id


@pytest.mark.parametrize("keys", [["uploads/a b.csv"], ["uploads/x/products.csv", "uploads/x/reviews.csv"]])
def test_ingest_is_notified_again_of_an_upload_that_it_did_not_process(
    fondly: "Fondly", in_ledger: "InLedger", resources: Resources, bodies: "Bodies", keys: list[str]
) -> None:
    """Also for keys with spaces and for three separate files."""
    bucket, s3 = resources.buckets["data"], boto3.client("s3")
    etags = {key: s3.put_object(Bucket=bucket, Key=key, Body=key.encode())["ETag"].strip('"') for key in keys}
    bodies("ingest-uploads")
    name = run_id(bucket, {key: sha256(key.encode()) for key in keys})
    in_ledger(lambda ledger: ledger.open_run(name, source=f"s3://{bucket}/{' '.join(keys)}"))
    assert fondly("run", "retry", "latest").code == 0
    (body,) = bodies("ingest-uploads")
    assert json.loads(body)["Records"][0]["s3"]["object"]["eTag"] == etags[keys[0]]


def test_an_upload_whose_digest_the_ledger_has_kept_is_not_read(
    fondly: "Fondly", in_ledger: "InLedger", resources: Resources, bodies: "Bodies"
) -> None:
    """The stored object is the one that the pointer to the latest run names."""
    bucket, s3, key = resources.buckets["data"], boto3.client("s3"), "uploads/a.csv"
    etag = s3.put_object(Bucket=bucket, Key=key, Body=b"a")["ETag"].strip('"')
    source, name = f"s3://{bucket}/{key}", run_id(bucket, {key: "kept"})
    file = {"role": "combined", "key": key, "etag": etag, "sha256": "kept"}
    item = {"run_id": f"source#{source}", "item": "latest", "latest_run_id": name, "files": [file]}
    boto3.client("dynamodb").put_item(TableName=resources.tables["runs"], Item=to_item(item))
    in_ledger(lambda ledger: ledger.open_run(name, source=source))
    bodies("ingest-uploads")
    assert fondly("run", "retry", "latest").code == 0
    assert len(bodies("ingest-uploads")) == 1


def test_ingest_is_notified_again_of_a_set_of_which_one_file_is_named(
    fondly: "Fondly", in_ledger: "InLedger", resources: Resources, bodies: "Bodies"
) -> None:
    """The other keys are those that the folder's pointer lists, without the manifest."""
    bucket, s3, folder = resources.buckets["data"], boto3.client("s3"), "uploads/" + 900 * "x" + "/"
    keys = [f"{folder}reviews-{number}.csv" for number in range(1, 6)]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    name, source = run_id(bucket, {key: sha256(key.encode()) for key in keys}), source_name(bucket, keys)
    assert keys[4] not in source
    files = [{"role": "reviews", "key": key, "etag": "e"} for key in keys]
    files.append({"role": "manifest", "key": f"{folder}manifest.json", "etag": "e"})
    item = {"run_id": f"source#s3://{bucket}/{folder}", "item": "latest", "files": files}
    boto3.client("dynamodb").put_item(TableName=resources.tables["runs"], Item=to_item(item))
    in_ledger(lambda ledger: ledger.open_run(name, source=source))
    bodies("ingest-uploads")
    assert fondly("run", "retry", "latest").code == 0
    (body,) = bodies("ingest-uploads")
    assert json.loads(body)["Records"][0]["s3"]["object"]["key"] == keys[0]


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_ingest_is_not_notified_of_an_upload_that_is_gone_or_changed(
    fondly: "Fondly", in_ledger: "InLedger", resources: Resources, bodies: "Bodies", change: str
) -> None:
    """That would be another run."""
    bucket, s3 = resources.buckets["data"], boto3.client("s3")
    s3.put_object(Bucket=bucket, Key="uploads/a.csv", Body=b"a")
    name = run_id(bucket, {"uploads/a.csv": sha256(b"a")})
    in_ledger(lambda ledger: ledger.open_run(name, source=f"s3://{bucket}/uploads/a.csv"))
    if change == "gone":
        s3.delete_object(Bucket=bucket, Key="uploads/a.csv")
    else:
        s3.put_object(Bucket=bucket, Key="uploads/a.csv", Body=b"b")
    bodies("ingest-uploads")
    answer = fondly("run", "retry", "latest")
    assert answer.code == 1
    assert "gone or has changed" in answer.err
    assert bodies("ingest-uploads") == []


def test_a_run_whose_files_are_gone_is_not_retried(fondly: "Fondly", advance: Callable[..., None]) -> None:
    """Its messages could only fail."""
    advance((StageName.INGEST, 1), (StageName.INGEST, 2))
    answer = fondly("run", "retry", RUN)
    assert answer.code == 1
    assert f"{object_keys.customers(RUN, 1)} is gone" in answer.err


def test_a_failed_run_is_not_retried(
    fondly: "Fondly", advance: Callable[..., None], in_ledger: "InLedger"
) -> None:
    """It says why it failed and what can be done."""
    advance((StageName.INGEST, 1))
    in_ledger(lambda ledger: ledger.fail(RUN, "no such column"))
    answer = fondly("run", "retry", RUN)
    assert answer.code == 1
    assert "no such column" in answer.err
    assert answer.err.count("\n") == 1
