"""The doubles of `tests.support` behave as their originals do: the same tests, on both."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from fondly.contracts.events import (
    DataIngested,
    Event,
    EventData,
    RunFinished,
    new_event,
    parse_event,
)
from fondly.contracts.records import Customer
from fondly.runtime.ports import Announcer, Items, Objects
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.storage import DynamoDBItems, S3Objects, from_item
from tests.support.stores import Emulated, InMemoryAnnouncer, InMemoryItems, InMemoryObjects

Stored = Callable[[], Awaitable[dict[str, object]]]
Received = Callable[[], Awaitable[list[tuple[str, str]]]]


@pytest.fixture
def objects(emulated: Emulated | None) -> Objects:
    """An empty bucket."""
    if emulated is None:
        return InMemoryObjects()
    return S3Objects(emulated.clients.s3, emulated.resources.buckets["data"])


async def test_an_object_is_read_as_it_was_last_stored(objects: Objects) -> None:
    """The same key overwrites it; bytes are not changed."""
    await objects.put("k", b"old", content_type="text/plain")
    await objects.put("k", b"\x00new\r\n", content_type="text/plain")
    assert await objects.get("k") == b"\x00new\r\n"


async def test_records_come_back_as_they_were_stored(objects: Objects) -> None:
    """Line breaks within texts do not split a record; an empty object has no records."""
    customers = [Customer(customer_id="c1", name="two\nlines\u2028three"), Customer(customer_id="c2")]
    await objects.put_lines("some", customers)
    await objects.put_lines("none", [])
    assert await objects.get_lines("some", Customer) == customers
    assert await objects.get_lines("none", Customer) == []


async def test_a_missing_object_is_an_error(objects: Objects) -> None:
    """A key that was never stored has no default."""
    with pytest.raises(Exception, match=r"missing|NoSuchKey"):
        await objects.get("missing")


async def test_an_object_that_may_be_missing_is_read_up_to_a_limit(objects: Objects) -> None:
    """However large it is, and without an error if there is none."""
    await objects.put("k", b"0123456789", content_type="text/plain")
    await objects.put("empty", b"", content_type="text/plain")
    assert await objects.find("k", max_bytes=4) == b"0123"
    assert await objects.find("k", max_bytes=100) == await objects.find("k") == b"0123456789"
    assert await objects.find("empty", max_bytes=100) == b""
    assert await objects.find("missing", max_bytes=100) is None


@pytest.fixture
def items(emulated: Emulated | None) -> tuple[Items, Stored]:
    """An empty table of products, and a function that returns its items by id."""
    if emulated is None:
        double = InMemoryItems("product_id")

        async def kept() -> dict[str, object]:
            return {key[0]: dict(item) for key, item in double.items.items()}

        return double, kept
    dynamodb, name = emulated.clients.dynamodb, emulated.resources.tables["products"]

    async def stored() -> dict[str, object]:
        found = [from_item(item) for item in (await dynamodb.scan(TableName=name))["Items"]]
        return {str(item["product_id"]): item for item in found}

    return DynamoDBItems(dynamodb, name), stored


async def test_an_item_replaces_the_one_of_the_same_key(items: tuple[Items, Stored]) -> None:
    """Any number of items can be put; an existing item is replaced as a whole."""
    table, stored = items
    await table.put_all([{"product_id": f"p{number}", "old": "yes"} for number in range(30)])
    await table.put_all([{"product_id": "p1", "price": Decimal(2)}])
    await table.put_all([])
    kept = await stored()
    assert len(kept) == 30
    assert kept["p1"] == {"product_id": "p1", "price": Decimal(2)}


async def test_items_are_found_by_their_keys(items: tuple[Items, Stored]) -> None:
    """Any number of them; a key without an item is left out, and nested values come back as they were put."""
    table, _ = items
    put = [{"product_id": f"p{number}", "sizes": [{"code": "XL", "left": number}]} for number in range(230)]
    await table.put_all(put)
    found = await table.get_all([{"product_id": f"p{number}"} for number in range(-20, 230)])
    assert sorted(found, key=str) == sorted(put, key=str)
    assert await table.get_all([]) == []


@pytest.fixture
def announcer(emulated: Emulated | None) -> tuple[Announcer, Received]:
    """An announcer, and a function that returns ids and types of the published events."""
    if emulated is None:
        double = InMemoryAnnouncer()

        async def kept() -> list[tuple[str, str]]:
            kinds = [data.type for _, data in double.announced]
            return sorted(zip(double.ids, kinds, strict=True))

        return double, kept
    clients, resources = emulated
    queues: dict[type[EventData], SQSQueue] = {
        DataIngested: SQSQueue(clients.sqs, resources.queue_urls["sentiment"]),
        RunFinished: SQSQueue(clients.sqs, resources.queue_urls["ops"]),
    }

    async def received() -> list[tuple[str, str]]:
        bodies = {kind: await queue.receive(limit=10, wait_s=0) for kind, queue in queues.items()}
        events: list[Event[EventData]] = [
            parse_event(message.body, kind) for kind, messages in bodies.items() for message in messages
        ]
        return sorted((event.id, event.type) for event in events)

    original = SNSAnnouncer(Publisher(clients.sns), source="test", topic_arns=resources.topic_arns)
    return original, received


async def test_an_events_id_follows_from_its_cause(
    announcer: tuple[Announcer, Received],
) -> None:
    """One call announces events of several types; an event announced again keeps its id."""
    announce, published = announcer
    part = DataIngested(part=1, parts=2, key="k", customers=1, reviews=1)
    end = RunFinished(status="failed", reason="stopped")
    await announce.announce("r", part, end)
    await announce.announce("r", part)
    await announce.announce("r")
    ids = [new_event(data, run_id="r", source="other").id for data in (part, part, end)]
    assert await published() == sorted(zip(ids, (part.type, part.type, end.type), strict=True))


async def test_events_of_different_runs_have_different_ids(announcer: tuple[Announcer, Received]) -> None:
    """The same cause in two runs makes two events."""
    announce, published = announcer
    for run_id in ("r1", "r2"):
        await announce.announce(run_id, RunFinished(status="finished"))
    assert len({event_id for event_id, _ in await published()}) == 2
