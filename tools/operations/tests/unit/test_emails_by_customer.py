"""What customers' emails are beside those of another run, wherever the other run has them."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from fondly.contracts import object_keys
from fondly.contracts.email_index import EmailIndexRow, EmailIndexSummary
from fondly.contracts.records import EmailRecord
from fondly.operations.emails import by_customer
from fondly.operations.emails.by_customer import Compared, compare_emails
from fondly.operations.environment import Environment
from tests.support.email_index import email_index_of
from tests.support.runs import RUN
from tests.support.stores import InMemoryItems, InMemoryObjects

PARTS, EMAILS, OTHER = 4, 40, "run-2"
ROWS = [each.row for part in range(1, PARTS + 1) for each in email_index_of(part, EMAILS)]


def changed(row: EmailIndexRow, number: int) -> tuple[Compared, EmailIndexRow]:
    """What an email is beside the other run's, and the other run's."""
    if number % 3 == 0:
        return "same", row.model_copy(update={"price": row.price + 1, "products": row.products[::-1]})
    if number % 3 == 1:
        return "other_words", row.model_copy(update={"subject": "Another"})
    return "other_products", row.model_copy(update={"products": row.products[:1]})


PAIRS = [("only_here", row) if at % 10 == 9 else changed(row, at) for at, row in enumerate(ROWS)]
EXPECTED = {row.key: what for what, row in PAIRS}


class Stores(SimpleNamespace):
    """A bucket and a table of records of two runs."""

    dynamodb = None

    def __init__(self) -> None:
        super().__init__(stored=InMemoryObjects(), records=InMemoryItems("run_id", "customer_id"))

    async def objects(self) -> InMemoryObjects:
        """The data bucket."""
        return cast("InMemoryObjects", self.stored)

    async def table(self, name: str) -> str:
        """A table's name."""
        return name

    async def put(self, run_id: str, rows: Sequence[EmailIndexRow], size: int) -> None:
        """Store the emails of a run in parts of a size."""
        parts = {
            at // size + 1: [row.model_copy(update={"part": at // size + 1}) for row in rows[at : at + size]]
            for at in range(0, len(rows), size)
        }
        sizes = {part: len(own) for part, own in parts.items()}
        summary = EmailIndexSummary(run_id=run_id, parts=sizes, facets={})
        await self.stored.put_lines(object_keys.email_index_summary(run_id), [summary])
        for part, own in parts.items():
            await self.stored.put_lines(object_keys.email_index(run_id, part), own)
            await self.records.put_all([_record(run_id, each) for each in own])


def _record(run_id: str, row: EmailIndexRow) -> dict[str, Any]:
    record = EmailRecord(
        run_id=run_id,
        customer_id=row.customer_id,
        part=row.part,
        key=object_keys.email(run_id, row.customer_id),
        subject=row.subject,
        preheader="",
        copy_source=row.copy_source,
        product_ids=("P1",),
        created_at=datetime(2026, 11, 27, tzinfo=UTC),
    )
    return record.model_dump(mode="json")


@pytest.fixture
async def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """An environment with two runs, of which the other has its customers the other way round."""
    stores = Stores()
    monkeypatch.setattr(by_customer, "DynamoDBItems", lambda *_: stores.records)
    await stores.put(RUN, ROWS, EMAILS)
    others = [row for what, row in PAIRS if what != "only_here"]
    await stores.put(OTHER, others[::-1], 5)
    return cast("Environment", stores)


async def compared(environment: Environment) -> tuple[Counter[Compared], dict[str, Compared]]:
    """The counts of all parts, each once, and what each email that differs is."""
    counts, rows, after, counted = Counter[Compared](), list[Any](), None, set[int]()
    while True:
        page = await compare_emails(environment, RUN, OTHER, next=after, limit=7)
        assert len(page.rows) <= 7
        counts += Counter({} if counted.intersection(page.counted) else page.counts)
        counted, rows, after = counted.union(page.counted), rows + page.rows, page.next
        if after is None:
            assert len(counted) == page.parts == PARTS
            return counts, {each.row.key: each.compared for each in rows}


@pytest.mark.parametrize(("most_customers", "most_parts"), [(2_000, 100), (50, 12), (1, 100)])
async def test_each_customer_counts_once_as_what_their_emails_are(
    environment: Environment, most_customers: int, most_parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether all of the other run is read, or the parts that records name; all that differ are listed."""
    monkeypatch.setattr(by_customer, "MOST_CUSTOMERS", most_customers)
    monkeypatch.setattr(by_customer, "MOST_PARTS", most_parts)
    counts, rows = await compared(environment)
    assert counts == Counter(EXPECTED.values())
    assert rows == {key: what for key, what in EXPECTED.items() if what != "same"}


async def test_nobody_is_said_to_be_in_one_run_only_who_was_not_looked_for(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With too few reads, some customers are counted as such; whatever is said of others is right."""
    monkeypatch.setattr(by_customer, "MOST_PARTS", 2)
    monkeypatch.setattr(by_customer, "LOOK_UPS", (3, 3))
    counts, rows = await compared(environment)
    assert counts.total() == len(ROWS)
    assert 0 < counts["not_looked_for"] < len(ROWS)
    assert rows.items() <= EXPECTED.items()
