"""Which products customers own one of for years, and so do not buy a second time."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from fondly.recommender.domain.shop.tables import complement_phrases, read_table
from fondly.recommender.domain.shop.taxonomy import Category, Entries

MIN_RETURNING = 20
"""A leaf is learned about from this many customers who bought something else as well, or the same again."""
REBOUGHT_FROM = 0.2
"""A leaf is not durable where clearly more than this share of them bought another of its families."""
_Z_95 = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Customers of one leaf category, counted by what else they own. Families, not variants, are counted.

    Of its `owners`, `returning` own products of two families or more, in any category, and `repeated` own two
    families or more of the leaf itself; who has bought a product of the leaf by several orders is both.
    `further` is how many families the returning ones own beyond one each, in all; what was bought again
    counts as one more. `within` is how many of these are of the leaf itself.
    """

    owners: int
    returning: int
    repeated: int
    further: int
    within: int = 0


class Durables:
    """Answers whether products of a category are durable.

    The shop's own settings come first (`overrides`, by words of the category such as "speaker" or "garden
    furniture"), then what its customers bought again (`repeats` by leaf), except of titles, then the table
    that is shipped. A category that none of them knows is not durable.
    """

    def __init__(
        self,
        *,
        overrides: Mapping[str, bool] | None = None,
        repeats: Mapping[Category, Repeats] | None = None,
    ) -> None:
        self._overrides = _Verdicts(overrides or {})
        self._table, self._titles = _shipped(), frozenset(read_table("durables.yaml")["titles"])
        found = learn(repeats or {})
        self.learned: Mapping[Category, bool] = {one: found[one] for one in found if not self.is_title(one)}

    def is_durable(self, category: Category) -> bool:
        """Return whether a customer who owns a product of the category does not need another."""
        own = self._overrides.of(category)
        if own is not None:
            return own
        learned = self.learned.get(category)
        return learned if learned is not None else bool(self._table.of(category))

    def is_title(self, category: Category) -> bool:
        """Return whether what the category holds are works, such as novels: one more is always another."""
        kinds = self._table.kinds(category)
        return bool(kinds) and kinds <= self._titles

    def kinds(self, category: Category) -> frozenset[str]:
        """Return what a durable thing of the category is, such as a keyboard and a mouse; else nothing."""
        if not category or not self.is_durable(category):
            return frozenset()
        return self._table.kinds(category) or frozenset(category[-1:])

    def same_kind(self, one: Category, other: Category) -> bool:
        """Return whether both categories are one kind of thing, such as dry irons and steam irons."""
        return one == other or not self._table.kinds(one).isdisjoint(self._table.kinds(other))


class _Verdicts:
    """True or false by phrase; where equally specific phrases differ, false."""

    def __init__(self, verdicts: Mapping[str, bool]) -> None:
        self._verdicts, entries = verdicts, Entries(verdicts)
        self.kinds: Callable[[Category], frozenset[str]] = cache(lambda leaf: frozenset(entries.best(leaf)))

    def of(self, category: Category) -> bool | None:
        kinds = self.kinds(category)
        return all(self._verdicts[phrase] for phrase in kinds) if kinds else None


def learn(repeats: Mapping[Category, Repeats]) -> dict[Category, bool]:
    """Return the leaves that the customers' purchases say something about, with whether they are durable.

    A leaf is durable when its returning customers bought another of its families clearly less often than they
    would have by chance, that is if their further families were spread over the leaves as all purchases are:
    people who own a television buy anything but a television. It is not durable when clearly more than
    `REBOUGHT_FROM` of them did, and more than by chance. "Clearly" means outside the 95 % interval of Wilson,
    "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.
    """
    total = sum(counts.owners for counts in repeats.values())
    verdicts = ((leaf, _verdict(counts, total)) for leaf, counts in repeats.items())
    return {leaf: verdict for leaf, verdict in verdicts if verdict is not None}


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the bounds of the 95 % interval of a share; (0, 1) without a trial."""
    if trials == 0:
        return 0.0, 1.0
    share, square = successes / trials, _Z_95**2
    centre = share + square / (2 * trials)
    spread = _Z_95 * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    scale = 1 + square / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def _verdict(counts: Repeats, total: int) -> bool | None:
    if counts.returning < MIN_RETURNING:
        return None
    low, high = wilson(counts.repeated, counts.returning)
    chance = 1 - (1 - counts.owners / total) ** (counts.further / counts.returning)
    if high < chance:
        return True
    return False if low > max(REBOUGHT_FROM, chance) else None


@cache
def _shipped() -> _Verdicts:
    """The shipped table; kinds that only the table of complements names are not durable."""
    content: dict[str, list[str]] = read_table("durables.yaml")
    verdicts = {phrase: group == "durable" for group, phrases in content.items() for phrase in phrases}
    known = Entries(verdicts)
    others = (phrase for phrase in complement_phrases() if not known.best((phrase,)))
    return _Verdicts(verdicts | dict.fromkeys(others, False))
