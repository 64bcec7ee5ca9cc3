from typing import Any

import pytest
from botocore.exceptions import ClientError

from fondly.runtime.queue.publisher import Publisher
from fondly.runtime.retry import UnprocessedError
from fondly.runtime.storage import DynamoDBItems, from_item
from fondly.stack.provision import Resources
from tests.chaos.conftest import MAX_HIDDEN_S, Proxied, Proxies
from tests.chaos.faults import Odds
from tests.chaos.scripted import ScriptedPlan
from tests.support.stores import Clients


async def sent(through: Proxied, url: str, count: int) -> None:
    """Send numbered messages."""
    for number in range(count):
        await through.clients.sqs.send_message(QueueUrl=url, MessageBody=str(number))


async def received(clients: Clients, url: str, *, wait_s: int = 1) -> list[dict[str, Any]]:
    """Receive up to ten messages once."""
    reply = await clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=wait_s)
    return [dict(message) for message in reply.get("Messages", [])]


async def test_a_duplicate_is_not_duplicated_again(proxied: Proxies, resources: Resources) -> None:
    """The copy is one new message with the same body."""
    url = resources.queue_urls["sentiment"]
    async with proxied(ScriptedPlan(odds=Odds(duplicated=1.0))) as through:
        await sent(through, url, 1)
        (first,) = await received(through.clients, url)
        (copy,) = await received(through.clients, url, wait_s=6)
        assert first["Body"] == copy["Body"]
        assert first["MessageId"] != copy["MessageId"]
        assert await received(through.clients, url, wait_s=1) == []
    assert through.tally.interference["messages delivered twice"] == 1


async def test_messages_come_out_of_order(proxied: Proxies, resources: Resources) -> None:
    """They are reordered, and none is lost."""
    url = resources.queue_urls["sentiment"]
    async with proxied(ScriptedPlan()) as through:
        await sent(through, url, 10)
        bodies = [message["Body"] for message in await received(through.clients, url)]
    assert sorted(bodies) == sorted(map(str, range(10)))
    assert bodies != sorted(bodies)


async def test_a_message_held_back_comes_later(proxied: Proxies, resources: Resources) -> None:
    """It is in flight in the meantime."""
    url = resources.queue_urls["sentiment"]
    plan = ScriptedPlan(odds=Odds(held_back=1.0))
    async with proxied(plan) as through:
        await sent(through, url, 1)
        assert await received(through.clients, url) == []
        plan.odds = Odds()
        assert len(await received(through.clients, url, wait_s=5)) == 1


@pytest.mark.parametrize("batched", [True, False])
async def test_a_lost_delete_looks_done_but_is_not(
    proxied: Proxies, clients: Clients, resources: Resources, *, batched: bool
) -> None:
    """The same message is received again after its visibility timeout."""
    url = resources.queue_urls["sentiment"]
    async with proxied(ScriptedPlan(odds=Odds(delete_lost=1.0))) as through:
        await sent(through, url, 1)
        (message,) = await received(through.clients, url)
        sqs, receipt = through.clients.sqs, message["ReceiptHandle"]
        if batched:
            entries: Any = [{"Id": "0", "ReceiptHandle": receipt}]
            reply = await sqs.delete_message_batch(QueueUrl=url, Entries=entries)
            assert [each["Id"] for each in reply["Successful"]] == ["0"]
        else:
            await sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
        await clients.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
        (again,) = await received(clients, url)
    assert again["MessageId"] == message["MessageId"]


@pytest.mark.parametrize("batched", [True, False])
async def test_a_stale_receipt_ends_the_visibility_timeout(
    proxied: Proxies, clients: Clients, resources: Resources, *, batched: bool
) -> None:
    """The consumer cannot extend it, and the message is received again."""
    url = resources.queue_urls["sentiment"]
    async with proxied(ScriptedPlan(odds=Odds(receipt_stale=1.0))) as through:
        await sent(through, url, 1)
        (message,) = await received(through.clients, url)
        sqs, receipt = through.clients.sqs, message["ReceiptHandle"]
        if batched:
            entries: Any = [{"Id": "0", "ReceiptHandle": receipt, "VisibilityTimeout": 60}]
            reply = await sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)
            assert [each["Code"] for each in reply["Failed"]] == ["ReceiptHandleIsInvalid"]
        else:
            with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
                await sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=60)
        assert len(await received(clients, url)) == 1


async def test_no_visibility_timeout_exceeds_the_cap(
    proxied: Proxies, clients: Clients, resources: Resources
) -> None:
    """A backoff of an hour ends within the cap."""
    url = resources.queue_urls["sentiment"]
    async with proxied(ScriptedPlan()) as through:
        await sent(through, url, 1)
        (message,) = await received(through.clients, url)
        await through.clients.sqs.change_message_visibility(
            QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=3600
        )
        assert len(await received(clients, url, wait_s=MAX_HIDDEN_S + 2)) == 1


async def test_failed_entries_take_no_effect(
    proxied: Proxies, clients: Clients, resources: Resources
) -> None:
    """The reply of a batch to a queue or topic names the failed entries, which never reach the queue."""
    url, arn = resources.queue_urls["sentiment"], resources.topic_arns["data-ingested"]
    async with proxied(ScriptedPlan(odds=Odds(batch_fails=1.0, entry_fails=1.0))) as through:
        entries: Any = [{"Id": str(number), "MessageBody": "body"} for number in range(3)]
        reply = await through.clients.sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert [each["Id"] for each in reply["Failed"]] == ["0", "1", "2"]
        with pytest.raises(UnprocessedError):
            await Publisher(through.clients.sns).publish(arn, ["one", "two & three"])
    assert await received(clients, url) == []


async def test_a_publisher_repeats_only_failed_entries(
    proxied: Proxies, clients: Clients, resources: Resources
) -> None:
    """Entries that fail are published by the next call, so each arrives once."""
    plan = ScriptedPlan(odds=Odds(batch_fails=1.0, entry_fails=0.5))
    async with proxied(plan) as through:
        await Publisher(through.clients.sns).publish(
            resources.topic_arns["data-ingested"], [f"{number} & ü" for number in range(8)]
        )
    assert through.tally.interference["entries refused"] > 0
    found = [message["Body"] for message in await received(clients, resources.queue_urls["sentiment"])]
    assert sorted(found) == [f"{number} & ü" for number in range(8)]


async def test_unprocessed_items_are_reported_and_not_written(
    proxied: Proxies, clients: Clients, resources: Resources
) -> None:
    """The reply names them, and a retry writes every item in the end."""
    table = resources.tables["products"]
    items = [{"product_id": f"P{number}"} for number in range(20)]
    async with proxied(ScriptedPlan(odds=Odds(batch_fails=1.0, entry_fails=0.5))) as through:
        writes: Any = [{"PutRequest": {"Item": {"product_id": {"S": f"Q{number}"}}}} for number in range(20)]
        reply = await through.clients.dynamodb.batch_write_item(RequestItems={table: writes})
        stored = (await clients.dynamodb.scan(TableName=table))["Items"]
        assert 0 < len(reply["UnprocessedItems"][table]) == 20 - len(stored)
        await DynamoDBItems(through.clients.dynamodb, table).put_all(items)
    stored = (await clients.dynamodb.scan(TableName=table))["Items"]
    assert {str(from_item(item)["product_id"]) for item in stored} >= {item["product_id"] for item in items}
