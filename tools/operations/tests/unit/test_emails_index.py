"""What people find among a run's emails by their index, and which of them they are given to read."""

from collections import Counter
from typing import Any, cast

import pytest

from fondly.contracts import object_keys
from fondly.contracts.email_index import EmailIndexRow, EmailIndexSummary, Risk
from fondly.contracts.records import ReasonKind
from fondly.mailer.use_cases.merge_email_index import merge_email_index
from fondly.operations.emails import index
from fondly.operations.emails.filtering import EmailFilter
from fondly.operations.emails.index import emails, facets, sample, wordings
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.runs.ledger import Ledger
from tests.support.email_index import email_index_of, put_email_index
from tests.support.runs import RUN, Runs
from tests.support.stores import InMemoryObjects

PARTS, EMAILS = 4, 40
ROWS = [each.row for part in range(1, PARTS + 1) for each in email_index_of(part, EMAILS)]
FIRST = ROWS[0]


class Stores:
    """The stores of an environment that the index is read from; it counts the objects read."""

    def __init__(self) -> None:
        self.stored, self.runs, self.reads = InMemoryObjects(), Runs(), 0

    async def objects(self) -> InMemoryObjects:
        """The data bucket."""
        self.reads += 1
        return self.stored

    async def ledger(self) -> Ledger:
        """The ledger."""
        return self.runs.ledger


@pytest.fixture
async def environment() -> Environment:
    """An environment with a run whose emails are indexed."""
    stores = Stores()
    await stores.runs.ledger.open_run(RUN, source="s3://b/k")
    await put_email_index(stores.stored, RUN, parts=PARTS, emails=EMAILS)
    await merge_email_index(stores.stored, RUN, range(1, PARTS + 1))
    return cast("Environment", stores)


async def found(environment: Environment, wanted: EmailFilter, *, limit: int = 7) -> list[EmailIndexRow]:
    """All such emails, page by page."""
    rows, after = list[EmailIndexRow](), None
    while True:
        page = await emails(environment, RUN, wanted, next=after, limit=limit)
        assert len(page.rows) <= limit
        assert page.total in {None, sum(map(bool, (suits(wanted, row) for row in ROWS)))}
        rows, after = rows + page.rows, page.next
        if after is None:
            return rows


def suits(wanted: EmailFilter, row: EmailIndexRow) -> bool:
    """Whether a row is wanted, told in another way."""
    told = f"{row.subject}\n{row.preheader}\n{row.name}\n" + "\n".join(each.name for each in row.products)
    return (
        wanted.reason in {None, *row.reasons}
        and (not wanted.refused or wanted.refused in row.refused_fields)
        and (not wanted.repaired or row.repaired)
        and wanted.occasion in {"", row.occasion}
        and wanted.product in {"", *(each.product_id for each in row.products)}
        and wanted.wording in {"", *row.wordings.values()}
        and wanted.text.casefold() in told.casefold()
    )


@pytest.mark.parametrize(
    "wanted",
    [
        EmailFilter(),
        EmailFilter(reason=ReasonKind.LIKED),
        EmailFilter(refused="closing"),
        EmailFilter(repaired=True, occasion="liked"),
        EmailFilter(product=FIRST.products[2].product_id),
        EmailFilter(wording=FIRST.wordings["closing"]),
        EmailFilter(text=FIRST.products[1].name.upper()),
        EmailFilter(text='nobody says "this"'),
    ],
    ids=lambda each: each.model_dump_json(exclude_defaults=True),
)
@pytest.mark.parametrize("most_parts", [1, 48])
async def test_all_emails_of_a_filter_are_found_page_by_page(
    environment: Environment, wanted: EmailFilter, most_parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each once and in order, however few parts a page may read; their number is right where it is told."""
    monkeypatch.setattr(index, "MOST_PARTS", most_parts)
    assert await found(environment, wanted) == [row for row in ROWS if suits(wanted, row)]


async def test_a_page_that_is_none_and_a_run_without_an_index_are_refused(environment: Environment) -> None:
    """In words that say what was expected."""
    with pytest.raises(OperationError, match="expected what a page before says"):
        await emails(environment, RUN, EmailFilter(), next="1; DROP")
    with pytest.raises(OperationError, match="made once all of them are finished"):
        await facets(environment, "run-0")


async def test_twenty_emails_to_read_have_each_risk_that_there_is(environment: Environment) -> None:
    """Drawn by a seed, always the same; emails of somebody who was forgotten are not among them."""
    drawn = await sample(environment, RUN, "0")
    assert len({each.row.key for each in drawn}) == 20
    assert {each.why for each in drawn} == {*(await facets(environment, RUN)).risks, Risk.RANDOM}
    assert await sample(environment, RUN, "0") == drawn != await sample(environment, RUN, "1")
    stored: Any = (await environment.objects()).__dict__["stored"]
    key, gone = object_keys.email_index(RUN, drawn[0].row.part), drawn[0].row.customer_id.encode()
    stored[key] = b"".join(line for line in stored[key].splitlines(keepends=True) if gone not in line)
    left = await sample(environment, RUN, "0")
    assert (len(left), drawn[0].row.key in {each.row.key for each in left}) == (20, False)


async def test_new_categories_are_those_that_the_run_before_had_nothing_of(environment: Environment) -> None:
    """Without a run before nothing is new."""
    objects, ledger = await environment.objects(), await environment.ledger()
    assert Risk.NEW_CATEGORY not in {each.why for each in await sample(environment, RUN, "0")}
    summary = await facets(environment, RUN)
    category = ROWS[-1].categories[0]
    known = {name: count for name, count in summary.categories.items() if name != category}
    await ledger.finish(RUN)
    await ledger.open_run("run-2", source="s3://b/k")
    for run_id, categories in ((RUN, known), ("run-2", summary.categories)):
        told = EmailIndexSummary(run_id=run_id, parts={1: 1}, facets={}, categories=categories)
        await objects.put_lines(object_keys.email_index_summary(run_id), [told])
    for part in range(1, PARTS + 1):
        rows = (each.row for each in email_index_of(part, EMAILS))
        await objects.put_lines(object_keys.email_index("run-2", part), rows)
    new = [each.row for each in await sample(environment, "run-2", "0") if each.why is Risk.NEW_CATEGORY]
    assert [category in row.categories for row in new] == [True]


async def test_wordings_that_are_used_often_come_with_where_they_are(environment: Environment) -> None:
    """Most frequent first, with parts in which emails with it are found."""
    listed = await wordings(environment, RUN)
    counts = Counter(digest for row in ROWS for digest in row.wordings.values())
    assert [each.count for each in listed] == sorted((n for n in counts.values() if n > 20), reverse=True)
    assert all(
        each.parts == tuple(dict.fromkeys(row.part for row in ROWS if each.digest in row.wordings.values()))
        for each in listed
    )
