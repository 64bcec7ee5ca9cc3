"""Bucket, tables and topics in memory, and clients of the emulator."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, TypeVar

from pydantic import BaseModel

from fondly.contracts.events import EventData, Round, new_event
from fondly.recommender.domain.run_state import RecommenderBundle
from fondly.runtime.storage import from_item, to_item
from fondly.stack.provision import Resources

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_sns.client import SNSClient
    from types_aiobotocore_sqs.client import SQSClient

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Clients:
    """Asynchronous clients of the emulator, for integration tests."""

    s3: "S3Client"
    sqs: "SQSClient"
    sns: "SNSClient"
    dynamodb: "DynamoDBClient"


class Emulated(NamedTuple):
    """What adapters need of the emulator."""

    clients: Clients
    resources: Resources


class InMemoryObjects:
    """A bucket in a dictionary."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    async def put(self, key: str, body: bytes | BinaryIO, *, content_type: str) -> None:
        """Store one object."""
        assert content_type
        self.stored[key] = body if isinstance(body, bytes) else body.read()

    async def tagged(self, key: str) -> tuple[bytes, str]:
        """Return an object and its ETag; both empty if it does not exist."""
        body = self.stored.get(key, b"")
        return body, sha256(body).hexdigest() if body else ""

    async def replace(self, key: str, body: bytes, *, etag: str) -> str | None:
        """Store an object in the place of the one with this ETag; None if there is another."""
        if (await self.tagged(key))[1] != etag:
            return None
        self.stored[key] = body
        return (await self.tagged(key))[1]

    async def get(self, key: str) -> bytes:
        """Read one object; raise `KeyError` if it does not exist."""
        return self.stored[key]

    async def find(self, key: str, *, max_bytes: int | None = None) -> bytes | None:
        """Read an object, or at most its first `max_bytes`; None if it does not exist."""
        return self.stored[key][:max_bytes] if key in self.stored else None

    async def lines(self, key: str) -> AsyncIterator[bytes]:
        """Yield an object's lines; none if it does not exist."""
        for line in self.stored.get(key, b"").splitlines():
            yield line

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        """Yield the keys below a prefix, in order."""
        for key in sorted(self.stored):
            if key.startswith(prefix):
                yield key

    async def remove(self, folder: str) -> int:
        """Remove the objects below a folder; return how many there were."""
        found = [key async for key in self.keys(folder)]
        for key in found:
            del self.stored[key]
        return len(found)

    async def put_lines(self, key: str, records: Iterable[BaseModel]) -> None:
        """Store records as JSON lines."""
        lines = [record.model_dump_json(exclude_none=True) + "\n" for record in records]
        self.stored[key] = "".join(lines).encode()

    async def get_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read JSON lines back as records."""
        return [kind.model_validate_json(line) for line in self.stored[key].splitlines()]

    async def find_lines(self, key: str, kind: type[Model]) -> list[Model]:
        """Read JSON lines back as records; none if the object does not exist."""
        return await self.get_lines(key, kind) if key in self.stored else []


class InMemoryItems:
    """A table in a dictionary, keyed by the attributes `key`."""

    def __init__(self, *key: str) -> None:
        self._key = key
        self.items: dict[tuple[str, ...], Mapping[str, Any]] = {}

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item; DynamoDB refuses a call with two of the same key."""
        named = {tuple(item[name] for name in self._key): item for item in items}
        assert len(named) == len(items), "Provided list of item keys contains duplicates"
        self.items.update(named)

    async def get_all(self, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the items with these keys that exist, as a table returns them: without types of our own."""
        found = (self.items.get(tuple(key[name] for name in self._key)) for key in keys)
        return [from_item(to_item(item)) for item in found if item is not None]

    async def get_group(self, name: str, value: str) -> list[dict[str, Any]]:
        """Return the items of one partition, sorted as a table sorts them."""
        assert name == self._key[0]
        found = (self.items[key] for key in sorted(self.items) if key[0] == value)
        return [from_item(to_item(item)) for item in found]

    async def scan(self, *, segment: int, segments: int) -> AsyncIterator[dict[str, Any]]:
        """Yield the items of one segment."""
        for key in sorted(self.items):
            if sum("".join(key).encode()) % segments == segment:
                yield from_item(to_item(self.items[key]))


class InMemoryAnnouncer:
    """Keeps announced events in order, with their ids."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, EventData]] = []
        self.ids: list[str] = []

    async def announce(self, run_id: str, *events: EventData) -> None:
        """Keep the events."""
        for data in events:
            self.announced.append((run_id, data))
            self.ids.append(new_event(data, run_id=run_id, source="test").id)

    def of(self, kind: type[EventData]) -> list[EventData]:
        """The announced events of one kind."""
        return [data for _, data in self.announced if isinstance(data, kind)]


@dataclass
class InMemoryPolls:
    """Keeps the polls that were sent."""

    sent: list[tuple[str, int]] = field(default_factory=list)
    sent_at_once: list[tuple[str, int]] = field(default_factory=list)
    bundles: list[tuple[str, Round, int]] = field(default_factory=list)

    async def send(self, run_id: str, attempt: int, *, delay_s: int | None = None) -> None:
        """Keep one poll."""
        self.sent.append((run_id, attempt))
        if delay_s == 0:
            self.sent_at_once.append((run_id, attempt))

    async def send_data(self, run_id: str, data: EventData, *, delay_s: int = 0) -> None:  # noqa: ARG002
        """Keep a message about a bundle."""
        assert isinstance(data, RecommenderBundle)
        self.bundles.append((run_id, data.round, data.bundle))
