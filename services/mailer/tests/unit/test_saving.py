import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from encore.contracts.errors import TransientError
from encore.mailer.domain.record import EmailRecord
from encore.mailer.use_cases.save_records import Saver
from tests.support.stores import InMemoryItems

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


class SlowTable(InMemoryItems):
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
    saver = Saver(table)
    first, *others = records(30)
    saving = asyncio.create_task(saver.save(first))
    await asyncio.sleep(0.001)
    await asyncio.gather(*(saver.save(record) for record in others))
    await saving
    assert (table.writes, len(table.items)) == ([1, 29], 30)


async def test_a_record_is_saved_when_saving_it_has_returned() -> None:
    """Nobody goes on to the next paid call before."""
    table = SlowTable()
    [record] = records(1)
    await Saver(table).save(record)
    assert len(table.items) == 1


async def test_everyone_whose_record_was_not_saved_is_told() -> None:
    """A failed write raises for each of its records, and for no other."""
    table = SlowTable()
    saver = Saver(table)
    table.failures = 1
    told = await asyncio.gather(*(saver.save(record) for record in records(3)), return_exceptions=True)
    assert [type(error) for error in told] == [TransientError] * 3
    await saver.save(records(4)[3])
    assert len(table.items) == 1


def test_records_survive_their_table() -> None:
    """What is stored reads back as it was."""
    record = EmailRecord.model_validate(RECORD)
    assert EmailRecord.model_validate(record.model_dump(mode="json")) == record
