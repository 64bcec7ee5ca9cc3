"""Compares the emails that customers have of two runs, some parts at a time, however large the runs are.

Customers are in the order of their run's files, so a part's may be in any part of another run. A few records
say in which: most runs have most customers in a like order. Where two orders have nothing in common, some
customers are not looked for: it would take a read for each.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from pydantic import BaseModel

from fondly.contracts.email_index import EmailIndexRow
from fondly.mailer.use_cases.email_records import EmailRecords
from fondly.operations.emails.index import facets, part_lines, place_of
from fondly.operations.environment import Environment
from fondly.runtime.storage import DynamoDBItems

MOST_CUSTOMERS, MOST_PARTS = 2_000, 12
"""Of each run, a page reads so many parts at most; of its own, with so many customers, or one part alone."""
LOOK_UPS = (8, 16, 48)
"""How many customers are looked up in the other run at a time: the first say which parts to read."""
_KEY, _PART = re.compile(rb'"key":"([0-9a-f]{20})"'), re.compile(rb'"part":\d+,')


class Compared(StrEnum):
    """What a customer's email is beside theirs of another run."""

    SAME = "same"
    OTHER_WORDS = "other_words"
    """The same products, in other words."""
    OTHER_PRODUCTS = "other_products"
    ONLY_HERE = "only_here"
    """The other run has no email for them."""
    NOT_LOOKED_FOR = "not_looked_for"


class ComparedEmail(BaseModel):
    """A customer's emails of two runs that differ; without `other_part`, there is only the first."""

    key: str
    compared: Compared
    part: int
    subject: str
    other_part: int | None = None
    other_subject: str = ""


class ComparedEmails(BaseModel):
    """The customers of some parts of a run, beside another run."""

    run_id: str
    other: str
    counted: list[int]
    """The parts whose customers are counted here."""
    parts: int
    """How many parts the run has in all."""
    counts: dict[Compared, int]
    rows: list[ComparedEmail]
    """Some of those that differ."""
    next: str | None = None


async def compare_emails(
    environment: Environment,
    run_id: str,
    other: str,
    *,
    next: str | None = None,  # noqa: A002 - as a page calls it
    limit: int = 50,
) -> ComparedEmails:
    """Compare customers' emails with those of another run: counts of a few parts, and some that differ.

    Raises `OperationError` for a page that is none, or if a run has no index.
    """
    summary, others = await facets(environment, run_id), await facets(environment, other)
    first, skipped = place_of(next)
    parts = [each for each in sorted(summary.parts) if each >= first]
    counted = parts[: _fitting(summary.parts[each] for each in parts)]
    own = await _by_key(environment, run_id, counted)
    found = await _found(environment, other, set(others.parts), own)
    compared = [_compared(line, found.get(key)) for key, line in own.items()]
    counts = Counter(what for what, _ in compared)
    rows = [row for _, row in compared if row]
    more, after = rows[skipped + limit :], parts[len(counted) :]
    return ComparedEmails(
        run_id=run_id,
        other=other,
        counted=counted,
        parts=len(summary.parts),
        counts={each: counts[each] for each in Compared},
        rows=rows[skipped : skipped + limit],
        next=f"{counted[0]}-{skipped + limit}" if more else f"{after[0]}-0" if after else None,
    )


def _fitting(emails: Iterable[int]) -> int:
    """How many of the parts that have so many emails are compared at once: at least one."""
    fitting = total = 0
    for each in emails:
        total += each
        if fitting and (total > MOST_CUSTOMERS or fitting == MOST_PARTS):
            break
        fitting += 1
    return fitting


async def _by_key(environment: Environment, run_id: str, parts: Collection[int]) -> dict[bytes, bytes]:
    """Return the lines of parts by the digests of their customers."""
    objects = await environment.objects()
    found = await asyncio.gather(*(part_lines(objects, run_id, each) for each in parts))
    return {key[1]: line for lines in found for line in lines if (key := _KEY.search(line))}


async def _found(
    environment: Environment, run_id: str, unread: set[int], wanted: Mapping[bytes, bytes]
) -> dict[bytes, bytes]:
    """Return customers' lines in the other run by digest, empty for who has none; some may be missing."""
    if len(unread) <= MOST_PARTS:
        return dict.fromkeys(wanted, b"") | await _by_key(environment, run_id, unread)
    records = EmailRecords(DynamoDBItems(environment.dynamodb, await environment.table("emails")))
    found, left = dict[bytes, bytes](), MOST_PARTS
    for number in LOOK_UPS:
        unknown = [key for key in wanted if key not in found]
        some = unknown[:: -(-len(unknown) // number) or 1]
        ids = {key: EmailIndexRow.model_validate_json(wanted[key]).customer_id for key in some}
        known = await records.existing(run_id, list(ids.values()))
        found |= {key: b"" for key, each in ids.items() if each not in known}
        parts = sorted({each.part for each in known.values() if each.part in unread})[:left]
        unread, left = unread.difference(parts), left - len(parts)
        found |= await _by_key(environment, run_id, parts)
    return found


def _compared(line: bytes, other: bytes | None) -> tuple[Compared, ComparedEmail | None]:
    """Compare two lines; only those that differ are parsed, and told."""
    if other is None:
        return Compared.NOT_LOOKED_FOR, None
    if _PART.sub(b"", line, 1) == _PART.sub(b"", other, 1):
        return Compared.SAME, None
    row = EmailIndexRow.model_validate_json(line)
    told = ComparedEmail(key=row.key, compared=Compared.ONLY_HERE, part=row.part, subject=row.subject)
    if other:
        its = EmailIndexRow.model_validate_json(other)
        compared = _difference(row, its)
        more = {"compared": compared, "other_part": its.part, "other_subject": its.subject}
        told = told.model_copy(update=more)
    return told.compared, None if told.compared is Compared.SAME else told


def _difference(row: EmailIndexRow, other: EmailIndexRow) -> Compared:
    products, its = ({each.product_id for each in one.products} for one in (row, other))
    if products != its:
        return Compared.OTHER_PRODUCTS
    return Compared.SAME if _words(row) == _words(other) else Compared.OTHER_WORDS


def _words(row: EmailIndexRow) -> tuple[object, ...]:
    return row.name, row.subject, row.preheader, row.template_fields, row.wordings
