"""The running service: an upload, and what it leaves in queues, tables and the bucket."""

import asyncio
import gzip
import hashlib
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fondly.contracts import object_keys
from fondly.contracts.events import DataIngested, RunFinished, event_type, parse_event
from fondly.contracts.records import Customer, Product, SharedText
from fondly.ingest.__main__ import make_handler
from fondly.ingest.adapters.s3_files import S3Files
from fondly.ingest.ports import VanishedError
from fondly.ingest.settings import IngestSettings
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, RunStatus, StageName
from fondly.runtime.service import serve
from fondly.runtime.storage import S3Objects, from_item
from fondly.stack.provision import Resources
from services.ingest.tests.fakes import csv_lines, numbered
from tests.support.stores import Clients

PATIENCE_S = 30.0


@pytest.fixture
def settings(resources: Resources, monkeypatch: pytest.MonkeyPatch) -> IngestSettings:
    """Settings read from the provisioner's environment, with small parts."""
    for name, value in resources.settings().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FONDLY_INGEST_PART_REVIEWS", "2")
    monkeypatch.setenv("FONDLY_INGEST_SET_WAIT_S", "1")
    monkeypatch.setenv("FONDLY_RECEIVE_WAIT_S", "1")
    monkeypatch.setenv("FONDLY_INGEST_CONSENT_NOT_REQUIRED", "a test")
    return IngestSettings()


@pytest.fixture
def ledger(clients: Clients, settings: IngestSettings) -> Ledger:
    """The run ledger."""
    return Ledger(clients.dynamodb, settings.runs_table)


@asynccontextmanager
async def running(settings: IngestSettings) -> AsyncIterator[None]:
    """The service, wired by its own entry point, until the block ends."""
    stop = asyncio.Event()
    service = asyncio.create_task(serve(StageName.INGEST, settings, make_handler, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await service


async def eventually(find: Callable[[], Awaitable[Run | None]]) -> Run:
    """Wait until `find` returns a run."""
    async with asyncio.timeout(PATIENCE_S):
        while (found := await find()) is None:  # noqa: ASYNC110 - DynamoDB sets no event
            await asyncio.sleep(0.1)
    return found


async def ingested(ledger: Ledger) -> Run:
    """Wait until all parts of a run are announced."""

    async def find() -> Run | None:
        runs = await ledger.runs()
        return next(
            (run for run in runs if run.parts and len(run.stage(StageName.INGEST).done) == run.parts), None
        )

    return await eventually(find)


async def failed(ledger: Ledger) -> Run:
    """Wait until a run has failed."""

    async def find() -> Run | None:
        return next((run for run in await ledger.runs() if run.status is RunStatus.FAILED), None)

    return await eventually(find)


async def bodies(clients: Clients, url: str) -> list[str]:
    """Receive every message of a queue."""
    found: list[str] = []
    while True:
        reply = await clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        if not reply.get("Messages"):
            return found
        found += [message.get("Body", "") for message in reply["Messages"]]


async def parts(clients: Clients, resources: Resources) -> list[DataIngested]:
    """Receive the parts that sentiment is told of, after how large each run is."""
    found = await bodies(clients, resources.queue_urls["sentiment"])
    return [parse_event(body, DataIngested).data for body in found if event_type(body) == DataIngested.type]


async def emptied(clients: Clients, url: str) -> None:
    """Wait until a queue has no message, waiting or in flight."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            reply = await clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
            waiting = {
                name: count for name, count in reply["Attributes"].items() if "NumberOfMessages" in name
            }
            if set(waiting.values()) == {"0"}:
                return
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("key", ["uploads/shop.csv", "uploads/in/my shop+ü दु 100%25.csv.gz"])
async def test_an_upload_becomes_a_run_of_announced_parts(
    clients: Clients, resources: Resources, settings: IngestSettings, ledger: Ledger, key: str
) -> None:
    """Notification, download, parts, tables and events, for keys with every kind of encoding."""
    body = csv_lines([numbered(number) for number in range(1, 6)])
    upload = gzip.compress(body) if key.endswith(".gz") else body
    async with running(settings):
        await clients.s3.put_object(Bucket=settings.data_bucket, Key=key, Body=upload)
        run = await ingested(ledger)
        await emptied(clients, settings.ingest_uploads_queue_url)
    assert run.source == f"s3://{settings.data_bucket}/{key}"
    events = await parts(clients, resources)
    assert sorted((data.part, data.parts, data.reviews) for data in events) == [
        (1, 3, 2),
        (2, 3, 2),
        (3, 3, 1),
    ]
    store = S3Objects(clients.s3, settings.data_bucket)
    customers = [one for data in events for one in await store.get_lines(data.key, Customer)]
    assert {one.customer_id for one in customers} == {f"C{number}" for number in range(1, 6)}
    products = await store.get_lines(object_keys.products(run.run_id), Product)
    assert [product.product_id for product in products] == [f"P{number}" for number in range(1, 6)]
    assert {one.text for customer in customers for one in customer.reviews} == {
        "Looks durable, charging is fine"
    }
    item = await clients.dynamodb.get_item(
        TableName=settings.customers_table, Key={"customer_id": {"S": "C3"}}
    )
    assert from_item(item["Item"])["name"] == "Asha"
    assert await store.get(object_keys.rejects(run.run_id)) == b""


async def test_texts_of_unknown_reviewers_are_stored_with_the_parts(
    clients: Clients, resources: Resources, settings: IngestSettings, ledger: Ledger
) -> None:
    """Each part's event says how many texts its object has."""
    joined = {"user_id": "C1,C2", "user_name": "Asha,Ben", "review_id": "R1,R2", "review_title": "Good,Bad"}
    rows = [numbered(1, **joined, review_content="Works well,It hums,loudly"), numbered(3), numbered(4)]
    async with running(settings):
        await clients.s3.put_object(Bucket=settings.data_bucket, Key="uploads/a.csv", Body=csv_lines(rows))
        run = await ingested(ledger)
        await emptied(clients, settings.ingest_uploads_queue_url)
    events = await parts(clients, resources)
    assert sorted((data.part, data.shared_texts) for data in events) == [(1, 1), (2, 1)]
    store = S3Objects(clients.s3, settings.data_bucket)
    assert [await store.get_lines(object_keys.shared_texts(run.run_id, n), SharedText) for n in (1, 2)] == [
        [SharedText(product_id="P1", text="Works well")],
        [SharedText(product_id="P1", text="It hums,loudly")],
    ]


async def test_a_set_of_three_files_is_one_run(
    clients: Clients, settings: IngestSettings, ledger: Ledger
) -> None:
    """The files of one folder, in any order and compressed or not, are one run."""
    files = {
        "reviews.csv": csv_lines([{"review_id": "R1", "user_id": "C1", "product_id": "P1"}]),
        "products.csv.gz": gzip.compress(
            csv_lines([{"product_id": "P1", "product_name": "Cable", "discounted_price": "5"}])
        ),
        "customers.csv": csv_lines([{"user_id": "C1", "email": "asha@example.com"}]),
    }
    async with running(settings):
        for name, body in files.items():
            await clients.s3.put_object(Bucket=settings.data_bucket, Key=f"uploads/a b/{name}", Body=body)
        run = await ingested(ledger)
        await emptied(clients, settings.ingest_uploads_queue_url)
    assert len(await ledger.runs()) == 1
    store = S3Objects(clients.s3, settings.data_bucket)
    (customer,) = await store.get_lines(object_keys.customers(run.run_id, 1), Customer)
    assert (customer.email, customer.product_ids) == ("asha@example.com", ("P1",))


def _set_of(day: int) -> dict[str, bytes]:
    """Three small files, different each day."""
    product = {"product_id": "P1", "product_name": f"Cable {day}", "discounted_price": "5"}
    return {
        "reviews.csv": csv_lines([{"review_id": f"R{day}", "user_id": "C1", "product_id": "P1"}]),
        "products.csv": csv_lines([product]),
        "customers.csv": csv_lines([{"user_id": "C1", "email": f"day{day}@example.com"}]),
    }


async def _ended_runs(clients: Clients, settings: IngestSettings, ledger: Ledger, count: int) -> list[Run]:
    """The runs once there are so many and no notification is left."""

    async def enough() -> Run | None:
        runs = [run for run in await ledger.runs() if run.stage(StageName.INGEST).done]
        return runs[-1] if len(runs) == count else None

    await eventually(enough)
    await emptied(clients, settings.ingest_uploads_queue_url)
    return await ledger.runs()


async def test_deliveries_into_one_folder_are_a_run_each(
    clients: Clients, settings: IngestSettings, ledger: Ledger
) -> None:
    """By newer files and, with checksums, by a manifest; the files of each are of one day."""
    async with running(settings):
        for day in (1, 2, 3):
            files = _set_of(day)
            if day == 3:
                digests = [{"name": k, "sha256": hashlib.sha256(v).hexdigest()} for k, v in files.items()]
                files = {"manifest.json": json.dumps({"files": digests}).encode(), **files}
            for name, body in files.items():
                await clients.s3.put_object(Bucket=settings.data_bucket, Key=f"uploads/x/{name}", Body=body)
                await asyncio.sleep(0.2)
            runs = await _ended_runs(clients, settings, ledger, day)
            assert len(runs) == day
            store = S3Objects(clients.s3, settings.data_bucket)
            (customer,) = await store.get_lines(object_keys.customers(runs[-1].run_id, 1), Customer)
            assert (customer.email, customer.reviews[0].review_id) == (f"day{day}@example.com", f"R{day}")


async def test_a_repeated_upload_announces_nothing_and_a_changed_one_a_new_run(
    clients: Clients, resources: Resources, settings: IngestSettings, ledger: Ledger
) -> None:
    """A second upload of the same file finds its run; one more row makes another run."""
    body = csv_lines([numbered(1)])
    async with running(settings):
        for upload in (body, body, body + csv_lines([numbered(2)], header=False)):
            await clients.s3.put_object(Bucket=settings.data_bucket, Key="uploads/a.csv", Body=upload)
            await ingested(ledger)
            await emptied(clients, settings.ingest_uploads_queue_url)
    assert len(await ledger.runs()) == 2
    assert len(await parts(clients, resources)) == 2


async def test_a_broken_file_fails_its_run_and_alerts_the_operators(
    clients: Clients, resources: Resources, settings: IngestSettings, ledger: Ledger
) -> None:
    """The reason is in the ledger and in `run-finished`; no message is left."""
    async with running(settings):
        await clients.s3.put_object(
            Bucket=settings.data_bucket, Key="uploads/a.csv.gz", Body=gzip.compress(b"x" * 999)[:-9]
        )
        run = await failed(ledger)
        await emptied(clients, settings.ingest_uploads_queue_url)
    assert run.reason == "uploads/a.csv.gz: gzip file ends too early"
    (event,) = [parse_event(body, RunFinished) for body in await bodies(clients, resources.queue_urls["ops"])]
    assert (event.data.status, event.data.reason) == ("failed", run.reason)
    assert await bodies(clients, resources.queue_urls["sentiment"]) == []


async def test_test_events_are_acknowledged_and_other_messages_dead_lettered(
    clients: Clients, resources: Resources, settings: IngestSettings, ledger: Ledger
) -> None:
    """S3's test event changes nothing; any message but a notification is a dead letter at once."""
    url = settings.ingest_uploads_queue_url
    async with running(settings):
        await clients.sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"Event": "s3:TestEvent"}))
        await clients.sqs.send_message(QueueUrl=url, MessageBody="no notification")
        await emptied(clients, url)
    assert await bodies(clients, resources.dead_letter_urls["ingest-uploads"]) == ["no notification"]
    assert await ledger.runs() == []


async def test_the_bucket_streams_files_from_and_to_disk(
    clients: Clients, settings: IngestSettings, tmp_path: Path
) -> None:
    """A stored file is saved unchanged; a missing object is a `VanishedError`."""
    bucket = S3Files(clients.s3, settings.data_bucket)
    content = io.BytesIO(bytes(range(256)) * 4000).getvalue()
    (tmp_path / "there").write_bytes(content)
    await bucket.put_file("runs/x", tmp_path / "there", content_type="text/plain")
    async with bucket.open("runs/x") as found:
        assert found.size_bytes == len(content)
        await found.save(tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == content
    with pytest.raises(VanishedError):
        async with bucket.open("runs/y"):
            pass


async def test_only_files_directly_in_the_folder_are_listed(
    clients: Clients, settings: IngestSettings
) -> None:
    """Subfolders belong to other sets, and the marker of an empty folder is no file."""
    bucket = S3Files(clients.s3, settings.data_bucket)
    for key in (
        "uploads/a/",
        "uploads/a/products.csv",
        "uploads/a/b/reviews.csv",
        "uploads/ab/customers.csv",
    ):
        await clients.s3.put_object(Bucket=settings.data_bucket, Key=key, Body=b"x")
    assert [each.key for each in await bucket.stored("uploads/a/")] == ["uploads/a/products.csv"]
