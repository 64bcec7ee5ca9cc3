"""Merges the indexes of a run's parts into what the run comes to; after a change to parts, all anew.

A few parts are read at a time, their wordings twice. What is kept meanwhile is bounded: at most `MOST_SLOTS`
counters that estimate from above how often each wording is used (a count-min sketch of one row, Cormode and
Muthukrishnan 2005), at most `MOST_WORDINGS` wordings that may be used often, whose counts are exact, twice
`MOST_PATTERNS` patterns of each field, whose counts lack what parts and pruning left out, and one number for
each facet and part.
"""

import asyncio
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from fondly.contracts import object_keys
from fondly.contracts.email_index import (
    USED_OFTEN,
    CategoryCount,
    EmailIndexSummary,
    FieldPatterns,
    PatternCount,
    Risk,
    RiskEntry,
    WordingCount,
)
from fondly.mailer.use_cases.email_index import commonest, most_risky
from fondly.runtime.batches import batches
from fondly.runtime.ports import Objects

SLOTS_OF_A_PART, MOST_SLOTS = 4_096, 1 << 22
MOST_WORDINGS = 20_000
MOST_PATTERNS, SHOWN_PATTERNS = 2_000, 20
MOST_CATEGORIES = 5_000
MOST_RISKS = 20
EXAMPLE_PARTS = 10
AT_ONCE = 8
_COUNTED = re.compile(rb'^\{"digest":"([0-9a-f]{16})","count":(\d+)', re.MULTILINE)


async def merge_email_index(objects: Objects, run_id: str, parts: Sequence[int]) -> EmailIndexSummary:
    """Store what the indexes of these parts, all that the run has, come to, and return it.

    A part without an index, of a release that had none, is left out.
    """
    wordings, left_out = await _often_used(objects, run_id, parts)
    merged = _Merged()
    async for each in _bodies(objects, (object_keys.email_index_summary(run_id, part) for part in parts)):
        if each:
            merged.add(EmailIndexSummary.model_validate_json(each))
    summary = merged.summary(run_id, wordings_left_out=left_out)
    await objects.put_lines(object_keys.email_wordings(run_id), wordings)
    await objects.put_lines(object_keys.email_index_summary(run_id), [summary])
    return summary


async def _bodies(objects: Objects, keys: Iterable[str]) -> AsyncIterator[bytes]:
    for some in batches(keys, AT_ONCE):
        for body in await asyncio.gather(*map(objects.find, some)):
            yield body or b""


async def _often_used(objects: Objects, run_id: str, parts: Sequence[int]) -> tuple[list[WordingCount], int]:
    """Return the wordings that are used often, most frequent first, and how many more there are."""
    keys = [object_keys.email_wordings(run_id, part) for part in parts]
    often = _Often(min(SLOTS_OF_A_PART * max(len(parts), 1), MOST_SLOTS))
    async for body in _bodies(objects, keys):
        often.note(body)
    over = often.over(USED_OFTEN)
    threshold = over[MOST_WORDINGS] if len(over) > MOST_WORDINGS else USED_OFTEN
    counts = Counter[bytes]()
    found, of_parts = dict[bytes, WordingCount](), defaultdict[bytes, list[int]](list)
    numbers = iter(parts)
    async for body in _bodies(objects, keys):
        part = next(numbers)
        for digest, count, line in often.exceeding(body, threshold):
            counts[digest] += count
            if digest not in found:
                found[digest] = WordingCount.model_validate_json(line)
            if len(of_parts[digest]) < EXAMPLE_PARTS:
                of_parts[digest].append(part)
    listed = [
        found[digest].model_copy(
            update={"count": count, "parts": tuple(of_parts[digest]), "customer_id": None}
        )
        for digest, count in counts.items()
        if count > USED_OFTEN
    ]
    listed.sort(key=lambda each: (-each.count, each.digest))
    return listed, max(0, len(over) - len(listed)) if len(over) > MOST_WORDINGS else 0


class _Often:
    """Estimates how often wordings are used: never too low."""

    def __init__(self, slots: int) -> None:
        self._counts = array("I", bytes(4 * slots))

    def note(self, lines: bytes) -> None:
        for digest, count in _COUNTED.findall(lines):
            self._counts[int(digest, 16) % len(self._counts)] += int(count)

    def exceeding(self, lines: bytes, threshold: int) -> Iterator[tuple[bytes, int, bytes]]:
        """Yield digest, count and line of the wordings that may be used more often than so."""
        counts, slots = self._counts, len(self._counts)
        for found in _COUNTED.finditer(lines):
            if counts[int(found[1], 16) % slots] > threshold:
                yield found[1], int(found[2]), lines[found.start() : lines.index(b"\n", found.end())]

    def over(self, count: int) -> list[int]:
        """Return the estimates that are higher than so, the highest first."""
        return sorted((each for each in self._counts if each > count), reverse=True)


class _Merged:
    """What the parts so far come to."""

    def __init__(self) -> None:
        self._parts = dict[int, int]()
        self._facets = defaultdict[str, dict[int, int]](dict)
        self._categories = dict[str, CategoryCount]()
        self._risks = defaultdict[Risk, tuple[RiskEntry, ...]](tuple)
        self._texts = Counter[str]()
        self._patterns = defaultdict[str, dict[str, PatternCount]](dict)

    def add(self, part: EmailIndexSummary) -> None:
        self._parts |= part.parts
        for name, counts in part.facets.items():
            self._facets[name] |= counts
        for name, one in part.categories.items():
            if known := self._categories.get(name):
                one = known.model_copy(update={"emails": known.emails + one.emails})  # noqa: PLW2901
            if known or len(self._categories) < MOST_CATEGORIES:
                self._categories[name] = one
        for risk, entries in part.risks.items():
            self._risks[risk] = most_risky((*self._risks[risk], *entries), MOST_RISKS)
        for field, found in part.patterns.items():
            self._add_patterns(field, found)

    def _add_patterns(self, field: str, found: FieldPatterns) -> None:
        self._texts[field] += found.texts
        known = self._patterns[field]
        for each in found.patterns:
            before = known.get(each.pattern)
            both = before and before.model_copy(update={"count": before.count + each.count})
            known[each.pattern] = both or each
        if len(known) > 2 * MOST_PATTERNS:
            self._patterns[field] = {each.pattern: each for each in commonest(known.values(), MOST_PATTERNS)}

    def summary(self, run_id: str, *, wordings_left_out: int) -> EmailIndexSummary:
        patterns = {
            field: FieldPatterns(texts=self._texts[field], patterns=commonest(known.values(), SHOWN_PATTERNS))
            for field, known in sorted(self._patterns.items())
        }
        return EmailIndexSummary(
            run_id=run_id,
            parts=self._parts,
            facets=dict(sorted(self._facets.items())),
            categories=dict(sorted(self._categories.items())),
            risks=dict(sorted(self._risks.items())),
            patterns=patterns,
            wordings_left_out=wordings_left_out,
        )
