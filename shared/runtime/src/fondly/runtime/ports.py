"""What use cases need from outside; tests use the doubles of `tests.support`."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from fondly.contracts.events import EventData

Model = TypeVar("Model", bound=BaseModel)


class Objects(Protocol):
    """The data bucket; see `fondly.runtime.storage.S3Objects`."""

    async def put(self, key: str, body: bytes, *, content_type: str) -> None: ...
    async def get(self, key: str) -> bytes: ...
    async def find(self, key: str, *, max_bytes: int | None = None) -> bytes | None: ...
    async def put_lines(self, key: str, records: Iterable[BaseModel]) -> None: ...
    async def get_lines(self, key: str, kind: type[Model]) -> list[Model]: ...
    async def find_lines(self, key: str, kind: type[Model]) -> list[Model]: ...


class Items(Protocol):
    """A DynamoDB table; see `fondly.runtime.storage.DynamoDBItems`."""

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None: ...
    async def get_all(self, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]: ...
    async def get_group(self, name: str, value: str) -> list[dict[str, Any]]: ...


class Polls(Protocol):
    """A stage's polls of itself; see `fondly.runtime.queue.polls.SQSPolls`."""

    async def send(self, run_id: str, attempt: int, *, delay_s: int | None = None) -> None: ...


class OwnMessages(Polls, Protocol):
    """All of a stage's messages to itself; see `fondly.runtime.queue.polls.SQSPolls`."""

    async def send_data(self, run_id: str, data: EventData, *, delay_s: int = 0) -> None: ...


class Announcer(Protocol):
    """The topics; see `fondly.runtime.queue.publisher.SNSAnnouncer`."""

    async def announce(self, run_id: str, *events: EventData) -> None: ...
