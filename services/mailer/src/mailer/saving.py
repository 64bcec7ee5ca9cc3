"""Saving what was paid for while more is being made."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Protocol, Self

from mailer.domain.record import EmailRecord


class Records(Protocol):
    """Where records go; see `mailer.adapters.emails.EmailTable`."""

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None: ...  # noqa: D102


class Saver:
    """Saves each record at once, or, while a write is under way, together with others right after it.

    So a crash loses the records of one write at most, and a busy table gets fuller writes instead of more.
    Leaving it waits until everything is saved, and raises what keeps that from happening.
    """

    def __init__(self, table: Records) -> None:
        self._table = table
        self._unsaved: list[EmailRecord] = []
        self._saving: asyncio.Task[None] | None = None

    def add(self, record: EmailRecord) -> None:
        """Have a record saved. Raises what an earlier write failed with: no more should be paid for then."""
        self._unsaved.append(record)
        if self._saving is None or self._saving.done():
            if self._saving is not None:
                self._saving.result()
            self._saving = asyncio.create_task(self._save())

    async def _save(self) -> None:
        while batch := self._unsaved[:]:
            await self._table.put_all([record.model_dump(mode="json") for record in batch])
            del self._unsaved[: len(batch)]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._saving is not None:
            with suppress(Exception):  # what a failed write left unsaved is tried once more
                await self._saving
        await self._save()
