"""The profile "like AWS": what it does, and that reads of ours that need the latest state ask for it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fondly.recommender.adapters.turns import DynamoDBTurns
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Act, DeliveryStatus
from fondly.runtime.runs.latest import LatestRun, LatestRuns
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.locks import Locks
from fondly.runtime.runs.run import StageName
from fondly.runtime.storage import DynamoDBItems, to_item
from fondly.stack.provision import Resources
from tests.chaos.conftest import Proxied, Proxies
from tests.chaos.faults import Fault
from tests.chaos.items import MAX_ITEM_BYTES, History, size_of
from tests.chaos.scripted import ScriptedPlan
from tests.chaos.tables import STALE
from tests.support.runs import RUN, a_report

ITEM = {"product_id": "P1", "name": "new"}
STALE_FOR_LONG_S = 600.0
PATIENCE_S = 10.0
KEY = to_item({"product_id": "P1"})


@pytest.fixture
async def through(proxied: Proxies) -> AsyncIterator[Proxied]:
    """Clients on the profile, without a fault."""
    async with proxied(ScriptedPlan(), stale_s=STALE_FOR_LONG_S) as found:
        yield found


Read = Callable[[Any, str], Awaitable[list[Any]]]


async def got(dynamodb: Any, table: str) -> list[Any]:  # noqa: ANN401 - a client
    """The item, by its key."""
    reply = await dynamodb.get_item(TableName=table, Key=KEY)
    return [reply["Item"]] if "Item" in reply else []


async def got_in_batch(dynamodb: Any, table: str) -> list[Any]:  # noqa: ANN401 - a client
    """The item, by a batch of keys."""
    reply = await dynamodb.batch_get_item(RequestItems={table: {"Keys": [KEY]}})
    return list(reply["Responses"][table])


async def queried(dynamodb: Any, table: str) -> list[Any]:  # noqa: ANN401 - a client
    """The item, by its partition key."""
    reply = await dynamodb.query(
        TableName=table,
        KeyConditionExpression="product_id = :id",
        ExpressionAttributeValues=to_item({":id": "P1"}),
    )
    return list(reply["Items"])


async def scanned(dynamodb: Any, table: str) -> list[Any]:  # noqa: ANN401 - a client
    """The item, in all of the table."""
    return list((await dynamodb.scan(TableName=table))["Items"])


@pytest.mark.parametrize("read", [got, got_in_batch, queried, scanned])
async def test_a_read_that_does_not_ask_for_the_latest_state_gets_an_earlier_one(
    through: Proxied, resources: Resources, read: Read
) -> None:
    """First nothing, then the item as it was before its last write; the emulator itself has the latest."""
    dynamodb, table = through.clients.dynamodb, resources.tables["products"]
    await dynamodb.put_item(TableName=table, Item=to_item(ITEM | {"name": "old"}))
    assert await read(dynamodb, table) == []
    assert through.tally.interference[STALE] == 1
    latest = await dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)
    assert latest["Item"] == to_item(ITEM | {"name": "old"})


def test_an_earlier_state_is_one_that_the_item_has_had() -> None:
    """As old as the lag, whichever way it was written; then the latest."""
    now = [0.0]
    history = History({"t": ("id",)}, lag_s=2.0, clock=lambda: now[0])
    key = {"id": {"S": "1"}}
    states: list[Any] = [{**key, "n": {"N": str(number)}} for number in range(3)]
    seen = []
    for state in states:
        history.wrote("t", key, state)
        seen.append(history.earlier("t", key, state))
        now[0] += 1.5
    assert seen == [None, None, states[0]]
    seen = [history.earlier("t", key, states[2])]
    now[0] += 1.0
    assert [*seen, history.earlier("t", key, states[2])] == [states[1], states[2]]
    assert history.earlier("t", {"id": {"S": "unknown"}}, "as it is") == "as it is"


async def test_every_kind_of_write_is_seen_late(through: Proxied, resources: Resources) -> None:
    """Updates, batches, transactions and deletions; a caller that asked for no item back gets none."""
    dynamodb, table = through.clients.dynamodb, resources.tables["products"]
    update: Any = {
        "TableName": table,
        "Key": KEY,
        "UpdateExpression": "SET price = :price",
        "ExpressionAttributeValues": to_item({":price": 5}),
    }
    assert "Attributes" not in await dynamodb.update_item(**update)
    changed = await dynamodb.update_item(**update, ReturnValues="ALL_NEW")
    assert changed["Attributes"] == to_item({"product_id": "P1", "price": 5})
    put: Any = {"PutRequest": {"Item": to_item({"product_id": "P2"})}}
    await dynamodb.batch_write_item(RequestItems={table: [put]})
    in_transaction: Any = {"Put": {"TableName": table, "Item": to_item({"product_id": "P3"})}}
    await dynamodb.transact_write_items(TransactItems=[in_transaction])
    assert await scanned(dynamodb, table) == []
    await dynamodb.delete_item(TableName=table, Key=KEY)
    found = await dynamodb.get_item(TableName=table, Key=KEY, ConsistentRead=True)
    assert "Item" not in found


async def test_items_over_400_kb_are_refused_however_they_are_written(
    through: Proxied, resources: Resources
) -> None:
    """Nothing of them is stored; a smaller one is accepted, and may not grow beyond."""
    dynamodb, table = through.clients.dynamodb, resources.tables["products"]
    put: Any = to_item({"product_id": "P1", "text": "x" * (MAX_ITEM_BYTES - size_of(KEY))})
    smaller = to_item({"product_id": "P1", "text": "x" * 390_000})
    batch: Any = {table: [{"PutRequest": {"Item": put}}]}
    for write in (
        lambda: dynamodb.put_item(TableName=table, Item=put),
        lambda: dynamodb.batch_write_item(RequestItems=batch),
        lambda: dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": put}}]),
    ):
        with pytest.raises(ClientError, match="exceeded the maximum allowed size"):
            await write()
    await dynamodb.put_item(TableName=table, Item=smaller)
    with pytest.raises(ClientError, match="exceeded the maximum allowed size"):
        await dynamodb.update_item(
            TableName=table,
            Key=KEY,
            UpdateExpression="SET more = :more",
            ExpressionAttributeValues=to_item({":more": "x" * 20_000}),
        )


async def notified_etag(through: Proxied, resources: Resources) -> str:
    """The ETag in the next notification of an upload, after S3's test event."""
    sqs, url = through.clients.sqs, resources.queue_urls["ingest-uploads"]
    while True:
        reply = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1)
        (message,) = reply["Messages"]
        await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        for record in json.loads(message["Body"]).get("Records", []):
            return str(record["s3"]["object"]["eTag"])


async def test_identical_uploads_have_etags_of_their_own(through: Proxied, resources: Resources) -> None:
    """Every reply about a stored object, and its notification, has the same one, which is no digest."""
    s3, bucket, key = through.clients.s3, resources.buckets["data"], "uploads/a b+ü.csv"
    seen = []
    for _ in range(2):
        put = await s3.put_object(Bucket=bucket, Key=key, Body=b"same")
        head, got_ = (
            await s3.head_object(Bucket=bucket, Key=key),
            await s3.get_object(Bucket=bucket, Key=key, IfMatch=put["ETag"]),
        )
        assert await got_["Body"].read() == b"same"
        listed = await s3.list_objects_v2(Bucket=bucket, Prefix="uploads/")
        (each,) = listed["Contents"]
        assert each["Key"] == key
        assert len({put["ETag"], head["ETag"], got_["ETag"], each["ETag"]}) == 1
        assert f'"{await notified_etag(through, resources)}"' == put["ETag"]
        seen.append(put["ETag"])
    assert seen[0] != seen[1]
    with pytest.raises(ClientError, match="PreconditionFailed"):
        await s3.get_object(Bucket=bucket, Key=key, IfMatch='"other"')


async def test_a_multipart_upload_has_an_etag_of_its_own(through: Proxied, resources: Resources) -> None:
    """Known once it is complete; its parts keep those that the emulator gives them."""
    s3: Any = through.clients.s3
    place = {"Bucket": resources.buckets["data"], "Key": "uploads/large.csv"}
    seen = set()
    for _ in range(2):
        upload = {**place, "UploadId": (await s3.create_multipart_upload(**place))["UploadId"]}
        part = await s3.upload_part(**upload, PartNumber=1, Body=b"same")
        parts: Any = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        await s3.complete_multipart_upload(**upload, MultipartUpload=parts)
        head = await s3.head_object(**place)
        got_ = await s3.get_object(**place, IfMatch=head["ETag"])
        assert got_["ETag"] == head["ETag"]
        seen.add(head["ETag"])
    assert len(seen) == 2


async def test_receives_are_counted_and_too_many_make_a_dead_letter(
    through: Proxied, resources: Resources
) -> None:
    """The message is in the dead-letter queue after as many receives as the topology allows."""
    sqs, url = through.clients.sqs, resources.queue_urls["sentiment"]
    attributes = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
    allowed = int(json.loads(attributes["Attributes"]["RedrivePolicy"])["maxReceiveCount"])
    await sqs.send_message(QueueUrl=url, MessageBody="x")
    counts = []
    for _ in range(allowed + 1):
        reply = await sqs.receive_message(
            QueueUrl=url, MessageSystemAttributeNames=["ApproximateReceiveCount"], WaitTimeSeconds=0
        )
        for message in reply.get("Messages", []):
            counts.append(int(message["Attributes"]["ApproximateReceiveCount"]))
            await sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
            )
    assert counts == list(range(1, allowed + 1))
    dead = await sqs.receive_message(QueueUrl=resources.dead_letter_urls["sentiment"])
    assert [message["Body"] for message in dead["Messages"]] == ["x"]


async def kept_items(through: Proxied, resources: Resources) -> None:
    """Items read by their keys are those just put."""
    items = DynamoDBItems(through.clients.dynamodb, resources.tables["products"])
    await items.put_all([ITEM])
    assert await items.get_all([{"product_id": "P1"}]) == [ITEM]


async def kept_group(through: Proxied, resources: Resources) -> None:
    """A partition has the items just put."""
    items = DynamoDBItems(through.clients.dynamodb, resources.tables["products"])
    await items.put_all([ITEM])
    assert await items.get_group("product_id", "P1") == [ITEM]


async def ledger_run(through: Proxied, resources: Resources) -> None:
    """The ledger's run is as it was just changed, and one that was just opened exists."""
    ledger = Ledger(through.clients.dynamodb, resources.tables["runs"])
    await ledger.open_run(RUN, source="s3://b/k")
    await ledger.set_parts(RUN, 3)
    assert (await ledger.run(RUN)).parts == 3


async def ledger_reports(through: Proxied, resources: Resources) -> None:
    """Totals have the report that was just recorded."""
    ledger = Ledger(through.clients.dynamodb, resources.tables["runs"])
    await ledger.record(RUN, a_report(StageName.INGEST))
    assert len(await ledger.reports(RUN)) == 1


async def latest_run(through: Proxied, resources: Resources) -> None:
    """The pointer to a source's latest run is where it was just moved to; what was just noted is known."""
    latest = LatestRuns(through.clients.dynamodb, resources.tables["runs"])
    await latest.move("s3://b/k", RUN, after=LatestRun(), files=[{"key": "k"}])
    assert await latest.get("s3://b/k") == LatestRun(RUN, 1, ({"key": "k"},))
    await latest.note("s3://b/k", [{"key": "k", "sha256": "0"}])
    assert await latest.noted("s3://b/k") == ({"key": "k", "sha256": "0"},)


async def budget(through: Proxied, resources: Resources) -> None:
    """What was just reserved is reserved."""
    dynamodb, table = through.clients.dynamodb, resources.tables["runs"]
    accounts = Budget(dynamodb, table, Ledger(dynamodb, table), usd=Decimal(2))
    await accounts.extend(RUN, "a", least=Decimal(1), wanted=Decimal(1))
    assert (await accounts.account(RUN)).committed == 1


async def delivery(through: Proxied, resources: Resources) -> None:
    """Who has just stopped a delivery has stopped it."""
    deliveries = Deliveries(through.clients.dynamodb, resources.tables["runs"])
    await deliveries.open(RUN, status=DeliveryStatus.APPROVED, by="setting")
    await deliveries.decide(RUN, Act.PAUSE, by="ada")
    assert (await deliveries.get(RUN)).status is DeliveryStatus.PAUSED


async def turn(through: Proxied, resources: Resources) -> None:
    """A run that is refused the turn learns whose it is."""
    turns = DynamoDBTurns(through.clients.dynamodb, table=resources.tables["runs"], name="group")
    await turns.take("run-1")
    assert await turns.take("run-2") == "run-1"


LATEST_STATES = (
    kept_items,
    kept_group,
    ledger_run,
    ledger_reports,
    latest_run,
    budget,
    delivery,
    turn,
)


@pytest.mark.parametrize("check", LATEST_STATES, ids=lambda check: check.__name__)
async def test_a_read_that_decides_something_sees_the_last_write(
    through: Proxied, resources: Resources, check: Callable[[Proxied, Resources], Awaitable[None]]
) -> None:
    """On the profile each of these would get an earlier state if it did not ask for the latest."""
    await check(through, resources)


async def test_a_worker_whose_lock_was_taken_unheard_finds_that_it_has_it(
    proxied: Proxies, resources: Resources
) -> None:
    """The answer was lost; the repetition is refused, and the lock's latest state has the worker's token."""
    plan = ScriptedPlan(Fault.CUT_AFTER, on="PutItem")
    async with proxied(plan, attempts=2, stale_s=STALE_FOR_LONG_S) as through, asyncio.timeout(PATIENCE_S):
        locks = Locks(through.clients.dynamodb, resources.tables["runs"], quiet_s=60)
        async with locks.hold(RUN, StageName.INGEST, "file", holder="m-1"):
            pass
    assert through.tally.by_fault() == {Fault.CUT_AFTER: 1}
