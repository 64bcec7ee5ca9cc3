"""Finds the suppressions that a person wants to see."""

from collections import Counter
from collections.abc import Sequence
from heapq import nlargest

from fondly.contracts.consent import Suppression
from fondly.contracts.delivery import NotSent
from fondly.runtime.consent import DynamoDBConsent

KEPT = 1_000
"""How many are held before the latest of them are chosen."""


async def latest(
    consent: DynamoDBConsent, *, reason: NotSent | None, limit: int
) -> tuple[list[Suppression], Counter[str]]:
    """Return the latest suppressions of a reason, or of any, and how many there are of each."""
    counts: Counter[str] = Counter()
    found: list[Suppression] = []
    async for each in consent.all():
        if reason in {None, each.reason}:
            counts[each.reason] += 1
            found.append(each)
        if len(found) >= limit + KEPT:
            found = _latest(found, limit)
    return _latest(found, limit), counts


def _latest(found: Sequence[Suppression], limit: int) -> list[Suppression]:
    return nlargest(limit, found, key=lambda each: (each.at, each.entry))
