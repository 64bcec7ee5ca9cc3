"""Saving what was paid for while more is being made."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from encore.mailer.domain.record import EmailRecord


class Records(Protocol):
    """Where records go; see `encore.mailer.adapters.emails.EmailTable`."""

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None: ...  # noqa: D102


class Saver:
    """Saves each record at once or, while a write is under way, together with others right after it."""

    def __init__(self, table: Records) -> None:
        self._table = table
        self._unsaved: list[EmailRecord] = []
        self._next_write: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def save(self, record: EmailRecord) -> None:
        """Return when the record is saved: whoever waits pays for nothing more that a crash could lose.

        Raises what kept it from being saved.
        """
        self._unsaved.append(record)
        if self._next_write is None:
            self._next_write = asyncio.create_task(self._write())
        await asyncio.shield(self._next_write)

    async def _write(self) -> None:
        async with self._writing:
            batch, self._unsaved, self._next_write = self._unsaved, [], None
            await self._table.put_all([record.model_dump(mode="json") for record in batch])
