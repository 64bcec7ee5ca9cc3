import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from encore.contracts.errors import TransientError
from encore.mailer.domain.record import EmailRecord
from encore.mailer.use_cases.mail_part import GroupCommit
from services.mailer.tests.fakes import InMemoryEmailRecords

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


class SlowEmailRecords(InMemoryEmailRecords):
    """Records whose writes take a while; the next `failures` of them fail."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[int] = []
        self.failures = 0

    async def put_all(self, records: Sequence[EmailRecord]) -> None:
        """Store every record, slowly."""
        self.writes.append(len(records))
        await asyncio.sleep(0.01)
        if self.failures:
            self.failures -= 1
            raise TransientError("busy")
        await super().put_all(records)


def made_up(number: int) -> list[EmailRecord]:
    """Made-up records."""
    return [EmailRecord.model_validate({**RECORD, "customer_id": f"C{each}"}) for each in range(number)]


async def test_records_that_arrive_during_a_write_share_the_next_one() -> None:
    """The first record is written at once, and none waits for more than two writes."""
    records = SlowEmailRecords()
    commit = GroupCommit(records)
    first, *others = made_up(30)
    saving = asyncio.create_task(commit.save(first))
    await asyncio.sleep(0.001)
    await asyncio.gather(*(commit.save(record) for record in others))
    await saving
    assert (records.writes, len(records.items)) == ([1, 29], 30)


async def test_a_record_is_stored_when_save_returns() -> None:
    """The next paid call starts only then."""
    records = SlowEmailRecords()
    [record] = made_up(1)
    await GroupCommit(records).save(record)
    assert len(records.items) == 1


async def test_a_failed_write_raises_for_each_of_its_records() -> None:
    """And for no other: the next write succeeds."""
    records = SlowEmailRecords()
    commit = GroupCommit(records)
    records.failures = 1
    errors = await asyncio.gather(*(commit.save(record) for record in made_up(3)), return_exceptions=True)
    assert [type(error) for error in errors] == [TransientError] * 3
    await commit.save(made_up(4)[3])
    assert len(records.items) == 1


def test_a_record_reads_back_as_it_was_stored() -> None:
    """Its JSON has every field."""
    record = EmailRecord.model_validate(RECORD)
    assert EmailRecord.model_validate(record.model_dump(mode="json")) == record
