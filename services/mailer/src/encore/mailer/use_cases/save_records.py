"""Saves the records of paid work at once, without a write for each."""

import asyncio

from encore.mailer.domain.record import EmailRecord
from encore.mailer.ports import EmailRecords


class GroupCommit:
    """Writes a record at once or, while a write is under way, together with all that arrived meanwhile."""

    def __init__(self, records: EmailRecords) -> None:
        self._records = records
        self._unsaved: list[EmailRecord] = []
        self._next_write: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def save(self, record: EmailRecord) -> None:
        """Return once the record is saved: a caller who waits pays for nothing that a crash could lose.

        Raises the error of the write that failed.
        """
        self._unsaved.append(record)
        if self._next_write is None:
            self._next_write = asyncio.create_task(self._write())
        await asyncio.shield(self._next_write)

    async def _write(self) -> None:
        async with self._writing:
            batch, self._unsaved, self._next_write = self._unsaved, [], None
            await self._records.put_all(batch)
