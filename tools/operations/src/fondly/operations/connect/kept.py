"""The mirror in S3: a log of what has changed, in pieces, and a small object that says which count.

Only whoever knows that object as it is now may replace it. So of two connectors at once one goes on, and the
other ends without having changed anything. `fondly customer forget` rewrites the pieces.
"""

import time
from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import uuid4

from pydantic import BaseModel

from fondly.contracts.object_keys import CONNECT
from fondly.operations.connect.mirror import Mirror, line_of
from fondly.operations.connect.model import Cursor, Found, Page
from fondly.operations.errors import OperationError
from fondly.runtime.batches import async_batches
from fondly.runtime.storage import S3Objects

STATE = "state.json"
PIECE_BYTES = 8 << 20
PIECE_S = 60.0
"""A piece is stored once it is so large, or so old: a connector that is killed loses no more."""
REPLAYED = 10_000
"""Lines that are taken over at a time."""
WASTE = 2
"""The log is written anew once it has so many lines for each object."""


class State(BaseModel):
    """What of a shop counts."""

    pieces: list[str] = []
    """The keys of the log, in its order."""
    lines: int = 0
    cursors: dict[str, Cursor] = {}
    """Where to go on, by kind."""
    uploaded: dict[str, str] = {}
    """The SHA-256 of the files last uploaded, by name."""
    forgotten: set[str] = set()
    """Digests of customers who are never kept again."""


class Kept:
    """A mirror with its log. Nothing counts before `save`."""

    def __init__(self, objects: S3Objects, name: str, mirror: Mirror) -> None:
        self.objects = objects
        self.mirror = mirror
        self.state = State()
        self.folder = f"{CONNECT}{name}/"
        self._etag = ""
        self._lines: list[bytes] = []
        self._bytes = 0
        self._saved_at = time.monotonic()

    async def open(self) -> None:
        """Read the state and replay the log."""
        body, self._etag = await self.objects.tagged(self.folder + STATE)
        if body:
            self.state = State.model_validate_json(body)
            self.state.lines = sum([await self._replay(each) for each in self.state.pieces])

    async def keep(self, page: Page, kind: str = "") -> int:
        """Keep a page, and with a kind where to go on with that; return how many objects are news."""
        news = self.mirror.store([self._without_forgotten(each) for each in page.found])
        self._log(news)
        if kind:
            self.state.cursors[kind] = page.cursor
        if self._bytes >= PIECE_BYTES or time.monotonic() - self._saved_at >= PIECE_S:
            await self.save()
        return len(news)

    def forget(self, customer_ids: Iterable[str]) -> None:
        """Keep nothing of customers any more: of their orders that these exist."""
        for customer_id in customer_ids:
            self.state.forgotten.add(digest(customer_id))
            theirs = self.mirror.of_customer(customer_id)
            self._log(self.mirror.store([self._without_forgotten(each) for each in theirs]))

    async def save(self) -> None:
        """Store what is new; raise `OperationError` if somebody else has stored something meanwhile."""
        if self._lines:
            await self._put_piece(self._lines)
        await self._save_state()
        self._saved_at = time.monotonic()

    async def compact(self) -> None:
        """Write the log anew if most of it no longer counts."""
        if self.state.lines <= WASTE * self.mirror.size() + REPLAYED:
            return
        old, self.state.pieces, self.state.lines = self.state.pieces, [], 0
        for line in self.mirror.lines():
            self._add(line)
            if self._bytes >= PIECE_BYTES:
                await self._put_piece(self._lines)
        await self.save()
        for key in old:
            await self.objects.remove(key)

    def _without_forgotten(self, found: Found) -> Found:
        if digest(found.customer_id) not in self.state.forgotten:
            return found
        return found._replace(rows=[] if found.kind == "orders" else None, customer_id="")

    def _log(self, found: Sequence[Found]) -> None:
        for each in found:
            self._add(line_of(each).encode())

    def _add(self, line: bytes) -> None:
        self._lines.append(line)
        self._bytes += len(line)

    async def _put_piece(self, lines: list[bytes]) -> None:
        key = f"{self.folder}log/{uuid4().hex}.jsonl"
        await self.objects.put(key, b"\n".join(lines) + b"\n", content_type="application/x-ndjson")
        self.state.pieces.append(key)
        self.state.lines += len(lines)
        self._lines, self._bytes = [], 0

    async def _save_state(self) -> None:
        body = self.state.model_dump_json().encode()
        etag = await self.objects.replace(self.folder + STATE, body, etag=self._etag)
        if etag is None:
            raise OperationError(
                f"another connector has just written {self.folder}: try again once it has ended"
            )
        self._etag = etag

    async def _replay(self, key: str) -> int:
        batches = async_batches(self.objects.lines(key), REPLAYED)
        return sum([self.mirror.replay(some) async for some in batches])


def digest(customer_id: str) -> str:
    """Return what is remembered of a customer who was forgotten."""
    return sha256(customer_id.encode()).hexdigest()
