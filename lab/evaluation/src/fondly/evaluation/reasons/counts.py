"""How many customers link two things by different evidence, for the pairs that reasons claim."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)


@dataclass
class PairCounts(Generic[Thing]):
    """Counts the customers of claimed pairs; memory grows with the pairs, not with the customers.

    Claim all pairs first, then add every customer once. The recommender counts only so much evidence and
    so many families of a customer: those who have more are `heavy`, and it may have counted them or not.
    """

    _claimed: dict[Thing, set[Thing]] = field(default_factory=dict)
    _certain: Counter[frozenset[Thing]] = field(default_factory=Counter)
    _possible: Counter[frozenset[Thing]] = field(default_factory=Counter)

    def claim(self, one: Thing, other: Thing) -> None:
        """Have the customers of this pair counted."""
        self._claimed.setdefault(one, set()).add(other)

    def add(self, evidence: Mapping[Thing, AbstractSet[str]], *, heavy: bool) -> None:
        """Count one customer, given the names of the evidence for each of their things.

        Two things are linked if each has evidence that is not evidence for the other: a review that is listed
        under two products says nothing about what goes together.
        """
        pairs = {
            frozenset((one, other))
            for one in self._claimed.keys() & evidence.keys()
            for other in self._claimed[one] & evidence.keys()
            if evidence[one] - evidence[other] and evidence[other] - evidence[one]
        }
        self._possible.update(pairs)
        if not heavy:
            self._certain.update(pairs)

    def problem(self, one: Thing, other: Thing, claimed: int | None, *, least: int) -> str | None:
        """Return why a claimed number of customers is wrong, None if it is right and enough."""
        pair = frozenset((one, other))
        low, high = self._certain[pair], self._possible[pair]
        if claimed is None:
            return "the number of customers is missing"
        if not low <= claimed <= high:
            found = str(high) if low == high else f"{low} to {high}"
            return f"{claimed} customers are claimed, {found} link both by different evidence"
        return f"{claimed} customers are fewer than {least}" if claimed < least else None


def gathered(about: Iterable[tuple[Thing, str]]) -> dict[Thing, set[str]]:
    """Return the names of the evidence for each thing."""
    found: dict[Thing, set[str]] = {}
    for thing, name in about:
        found.setdefault(thing, set()).add(name)
    return found
