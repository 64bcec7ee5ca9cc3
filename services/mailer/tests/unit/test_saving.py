import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from mailer.domain.record import EmailRecord
from mailer.saving import Saver
from shared.errors import TransientError
from shared.testing import MemoryItems

RUN = "run-1"
RECORD: Mapping[str, Any] = {
    "run_id": RUN,
    "customer_id": "C1",
    "key": "k",
    "subject": "s",
    "preheader": "p",
    "copy_source": "ai",
    "product_ids": ["P1"],
    "model_calls": 1,
    "input_tokens": 2,
    "output_tokens": 3,
    "created_at": "2026-01-01T00:00:00Z",
}


class SlowTable(MemoryItems):
    """A table whose writes take a while, and fail when told."""

    def __init__(self) -> None:
        super().__init__("customer_id")
        self.writes: list[int] = []
        self.failures = 0

    async def put_all(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Put every item, slowly."""
        self.writes.append(len(items))
        await asyncio.sleep(0.01)
        if self.failures:
            self.failures -= 1
            raise TransientError("busy")
        await super().put_all(items)


def records(number: int) -> list[EmailRecord]:
    """Made-up records."""
    return [EmailRecord.model_validate({**RECORD, "customer_id": f"C{each}"}) for each in range(number)]


async def test_records_wait_for_one_write_at_most() -> None:
    """The first is written at once; those that come meanwhile are written together."""
    table = SlowTable()
    async with Saver(table) as saver:
        for record in records(30):
            saver.add(record)
            await asyncio.sleep(0)
        assert table.writes == [1]
    assert (table.writes, len(table.items)) == ([1, 29], 30)


async def test_a_table_that_fails_stops_what_would_not_be_saved() -> None:
    """The next record raises; what is unsaved is tried once more, and then the failure stays."""
    table = SlowTable()
    table.failures = 1
    first, second = records(2)
    with pytest.raises(TransientError, match="busy"):
        async with Saver(table) as saver:
            saver.add(first)
            await asyncio.sleep(0.05)
            saver.add(second)
    assert len(table.items) == 2
    table.failures = 2
    with pytest.raises(TransientError, match="busy"):
        async with Saver(table) as saver:
            saver.add(first)


def test_records_survive_their_table() -> None:
    """What is stored reads back as it was."""
    record = EmailRecord.model_validate(RECORD)
    assert EmailRecord.model_validate(record.model_dump(mode="json")) == record
