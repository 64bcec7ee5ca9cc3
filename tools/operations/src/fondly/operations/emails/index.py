"""Filters, counts and samples a run's emails by their index: of a million, a page reads a few parts."""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import suppress

from pydantic import BaseModel

from fondly.contracts import object_keys
from fondly.contracts.email_index import EmailIndexRow, EmailIndexSummary, Risk, WordingCount
from fondly.operations.emails.filtering import EmailFilter
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.lookup import run_before
from fondly.runtime.batches import batches
from fondly.runtime.ports import Objects

MOST_PARTS, AT_ONCE = 48, 8
"""So many parts are read for a page at most, and at a time."""
OF_EACH_RISK = 2
_WORDING = re.compile(rb'^\{"digest":"\w+","count":\d+,"field":"([^"]+)".+', re.MULTILINE)
_CURSOR = re.compile(r"(\d{1,6})-(\d{1,6})")


class EmailPage(BaseModel):
    """Some emails in the order in which they go out."""

    rows: list[EmailIndexRow]
    next: str | None = None
    """Where the next page begins; a page may be short, or empty, and not the last."""
    total: int | None = None
    """How many there are on all pages, if the index says so."""


class RiskRow(BaseModel):
    """An email to read before a run is approved, and why."""

    row: EmailIndexRow
    why: Risk


async def facets(environment: Environment, run_id: str) -> EmailIndexSummary:
    """Return what a run's index comes to; raise `OperationError` if it has none (yet)."""
    body = await (await environment.objects()).find(object_keys.email_index_summary(run_id))
    if body is None:
        raise OperationError(f"{run_id} has no index of its emails: it is made once all of them are finished")
    return EmailIndexSummary.model_validate_json(body)


async def wordings(environment: Environment, run_id: str) -> list[WordingCount]:
    """Return the wordings that more than twenty of a run's emails have, most frequent first."""
    return [WordingCount.model_validate_json(line) for _, line in await wording_lines(environment, run_id)]


async def wording_lines(environment: Environment, run_id: str) -> list[tuple[str, bytes]]:
    """Return the field and the line of each of these wordings, for who wants few of thousands."""
    body = await (await environment.objects()).find(object_keys.email_wordings(run_id)) or b""
    return [(found[1].decode(), found[0]) for found in _WORDING.finditer(body)]


async def emails(
    environment: Environment,
    run_id: str,
    wanted: EmailFilter,
    *,
    next: str | None = None,  # noqa: A002 - as a page calls it
    limit: int = 50,
) -> EmailPage:
    """Return a page of such emails; raise `OperationError` for a page that is none, or without an index."""
    summary = await facets(environment, run_id)
    first, line = place_of(next)
    parts = [each for each in _parts(summary, wanted) if each >= first]
    total = sum(summary.facets.get(wanted.facets[0], {}).values()) if wanted.facets else summary.emails
    page = EmailPage(rows=[], total=total if wanted.is_counted else None)
    async for part, lines in _read(await environment.objects(), run_id, parts[:MOST_PARTS]):
        for number, row in wanted.find(lines):
            if part == first and number < line:
                continue
            if len(page.rows) == limit:
                page.next = f"{part}-{number}"
                return page
            page.rows.append(row)
    page.next = f"{parts[MOST_PARTS]}-0" if len(parts) > MOST_PARTS else None
    return page


async def sample(environment: Environment, run_id: str, seed: str, *, count: int = 20) -> list[RiskRow]:
    """Return emails to read: some of each risk that there is, the others at random; a seed draws the same.

    Categories are new that the finished run before had nothing of.
    """
    summary, before = await facets(environment, run_id), await _before(environment, run_id)
    draw = _Draw(await environment.objects(), summary, random.Random(f"{run_id}\n{seed}"))  # noqa: S311 - to look at
    await draw.risks()
    await draw.new_categories(before)
    await draw.others(count)
    return list(draw.found.values())[:count]


class _Draw:
    """Draws emails of a run, each once."""

    def __init__(self, objects: Objects, summary: EmailIndexSummary, chance: random.Random) -> None:
        self._objects, self._summary, self._chance = objects, summary, chance
        self.found = dict[str, RiskRow]()

    async def risks(self) -> None:
        """Draw the emails that stand out most, and another of each risk."""
        for risk, entries in self._summary.risks.items():
            others = self._chance.sample(entries[1:], min(len(entries) - 1, OF_EACH_RISK - 1))
            for each in (*entries[:1], *others):
                self._add(risk, _row_of(await self._lines(each.part), each.customer_id))

    async def new_categories(self, before: EmailIndexSummary | None) -> None:
        """Draw an email of some categories that a run before had nothing of."""
        new = sorted(self._summary.categories.keys() - before.categories.keys()) if before else []
        for category in self._chance.sample(new, min(len(new), OF_EACH_RISK)):
            lines = await self._lines(self._summary.categories[category].part)
            told = json.dumps(category, ensure_ascii=False).encode()
            rows = (EmailIndexRow.model_validate_json(each) for each in lines if told in each)
            self._add(Risk.NEW_CATEGORY, next((each for each in rows if category in each.categories), None))

    async def others(self, count: int) -> None:
        """Draw at random until there are so many, or all."""
        parts, emails = list(self._summary.parts), list(self._summary.parts.values())
        missing = min(count, self._summary.emails) - len(self.found)
        for part in self._chance.choices(parts, emails, k=missing) if missing > 0 else ():
            lines = await self._lines(part)
            drawn = map(EmailIndexRow.model_validate_json, self._chance.sample(lines, min(len(lines), count)))
            self._add(Risk.RANDOM, next((each for each in drawn if each.key not in self.found), None))

    def _add(self, why: Risk, row: EmailIndexRow | None) -> None:
        if row is not None:
            self.found.setdefault(row.key, RiskRow(row=row, why=why))

    async def _lines(self, part: int) -> Sequence[bytes]:
        return await part_lines(self._objects, self._summary.run_id, part)


async def _before(environment: Environment, run_id: str) -> EmailIndexSummary | None:
    """Return what the index of the finished run before comes to, if there is one."""
    ledger = await environment.ledger()
    run = await ledger.find(run_id)
    before = await run_before(ledger, run) if run else None
    with suppress(OperationError):
        return await facets(environment, before.run_id) if before else None
    return None


def place_of(next_page: str | None) -> tuple[int, int]:
    """Return the part and the line at which a page begins; raise `OperationError` for a page that is none."""
    if next_page is None:
        return 0, 0
    if (found := _CURSOR.fullmatch(next_page)) is None:
        raise OperationError(f"next: found {next_page[:20]!r}, expected what a page before says")
    return int(found[1]), int(found[2])


def _parts(summary: EmailIndexSummary, wanted: EmailFilter) -> list[int]:
    """Return the parts that may have such emails, in order."""
    having = (summary.facets.get(name, {}).keys() for name in wanted.facets)
    return sorted(set(summary.parts).intersection(*having))


def _row_of(lines: Iterable[bytes], customer_id: str) -> EmailIndexRow | None:
    begins = f'{{"customer_id":{json.dumps(customer_id, ensure_ascii=False)},'.encode()
    line = next((each for each in lines if each.startswith(begins)), None)
    return EmailIndexRow.model_validate_json(line) if line else None


async def part_lines(objects: Objects, run_id: str, part: int) -> Sequence[bytes]:
    """Return the lines of a part's index, one an `EmailIndexRow`."""
    return (await objects.find(object_keys.email_index(run_id, part)) or b"").splitlines()


async def _read(
    objects: Objects, run_id: str, parts: Sequence[int]
) -> AsyncIterator[tuple[int, Sequence[bytes]]]:
    """Yield parts with their lines, a few read at once; the first alone, which often is enough."""
    for some in (parts[:1], *batches(parts[1:], AT_ONCE)):
        found = await asyncio.gather(*(part_lines(objects, run_id, part) for part in some))
        for part, lines in zip(some, found, strict=True):
            yield part, lines
