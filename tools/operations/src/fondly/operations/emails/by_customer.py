"""Compares the emails that customers have of two runs, some parts at a time, however large the runs are.

Customers are in the order of their run's files, so a part's may be in any part of another run. A few records
say in which: most runs have most customers in a like order. Where two orders have nothing in common, some
customers are not looked for: it would take a read for each.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Literal

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
Compared = Literal["same", "other_words", "other_products", "only_here", "not_looked_for"]
"""A customer's email beside theirs of another run; `other_words` are about the same products."""
_KEY, _PART = re.compile(rb'"key":"([0-9a-f]{20})"'), re.compile(rb'"part":\d+,')


class ComparedEmail(BaseModel):
    """A customer's emails of two runs that differ; `other` is None if there is only the first."""

    compared: Compared
    row: EmailIndexRow
    other: EmailIndexRow | None


class ComparedEmails(BaseModel):
    """The customers of the `counted` of a run's `parts`, beside another run; `rows` are some that differ."""

    counted: list[int]
    parts: int
    counts: dict[Compared, int]
    rows: list[ComparedEmail]
    next: str | None


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
    sizes, others = [(await facets(environment, each)).parts for each in (run_id, other)]
    first, skipped = place_of(next)
    parts = [each for each in sorted(sizes) if each >= first]
    counted = parts[:1]
    while len(counted) < min(len(parts), MOST_PARTS):
        if sum(sizes[each] for each in parts[: len(counted) + 1]) > MOST_CUSTOMERS:
            break
        counted = parts[: len(counted) + 1]
    own = await _by_key(environment, run_id, counted)
    found = await _found(environment, other, set(others), own)
    told = [_compared(line, found.get(key)) for key, line in own.items()]
    rows = [ComparedEmail(compared=what, row=row, other=its) for what, row, its in told if row]
    more, after = rows[skipped + limit :], parts[len(counted) :]
    return ComparedEmails(
        counted=counted,
        parts=len(sizes),
        counts=Counter(what for what, *_ in told),
        rows=rows[skipped : skipped + limit],
        next=f"{counted[0]}-{skipped + limit}" if more else f"{after[0]}-0" if after else None,
    )


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


def _compared(
    line: bytes, other: bytes | None
) -> tuple[Compared, EmailIndexRow | None, EmailIndexRow | None]:
    """Compare two lines; only those that differ are parsed, and returned."""
    if other is None:
        return "not_looked_for", None, None
    if _PART.sub(b"", line, 1) == _PART.sub(b"", other, 1):
        return "same", None, None
    row = EmailIndexRow.model_validate_json(line)
    if not other:
        return "only_here", row, None
    its = EmailIndexRow.model_validate_json(other)
    products, theirs = ({each.product_id for each in one.products} for one in (row, its))
    if products != theirs:
        return "other_products", row, its
    return ("same", None, None) if _words(row) == _words(its) else ("other_words", row, its)


def _words(row: EmailIndexRow) -> tuple[object, ...]:
    return row.name, row.subject, row.preheader, row.template_fields, row.wordings
