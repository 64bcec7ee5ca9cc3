"""What consumers need of a queue; `fondly.runtime.queue.sqs.SQSQueue` provides it."""

# ruff: noqa: D102 - the methods are described where they are implemented
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from fondly.runtime.queue.message import Message


class Depth(NamedTuple):
    """Approximate number of messages in a queue."""

    visible: int
    in_flight: int


class Refused(NamedTuple):
    """The messages of a batch that the queue refused to delete or hide."""

    lost: list[Message]
    """Their receipts are no longer valid: another consumer may have them."""
    untouched: list[Message]
    """Worth another try."""


class Queue(Protocol):
    """A queue whose received messages stay hidden until their visibility timeout runs out."""

    name: str

    @property
    def visibility_s(self) -> float: ...
    async def receive(self, *, limit: int, wait_s: int) -> list[Message]: ...
    async def delete_batch(self, messages: Sequence[Message]) -> Refused: ...
    async def change_visibility(self, message: Message, *, seconds: float) -> None: ...
    async def change_visibility_batch(self, messages: Sequence[Message], *, seconds: float) -> Refused: ...
    async def send_anew(self, message: Message) -> None: ...
    async def dead_letter(self, message: Message, *, reason: str, exception: str, handler: str) -> None: ...
    async def depth(self) -> Depth: ...
