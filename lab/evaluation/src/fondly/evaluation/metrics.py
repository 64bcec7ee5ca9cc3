"""The figures of recommendation lists. Pure functions: positions, lists and counts in, numbers out."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BOOTSTRAP_SAMPLES = 2_000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and the bounds of its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change(Interval):
    """The mean change of paired cases with its interval: how many were hits only before, and only after."""

    lost: int
    won: int


def recall_at(places: NDArray[np.floating], cut: int) -> float:
    """Return the share of held-out items among the first `cut` places, from 0, infinite where absent."""
    return _mean(places < cut)


def ndcg_at(places: NDArray[np.floating], cut: int) -> float:
    """Return the mean of 1 / log2(2 + place) for items among the first `cut`, 0 for others.

    This is normalised discounted cumulative gain for one relevant item a user, whose ideal gain is 1.
    Source: Jarvelin, Kekalainen, "Cumulated gain-based evaluation of IR techniques", TOIS 20(4), 2002.
    """
    return _mean(np.where(places < cut, 1 / np.log2(places + 2), 0.0))


def largest_share(lists: Sequence[Iterable[Hashable]]) -> float:
    """Return the share of lists that hold the thing which most of them hold; 0 without any."""
    counts = Counter(each for one in lists for each in set(one))
    return max(counts.values(), default=0) / max(1, len(lists))


def coverage(lists: Iterable[Iterable[Hashable]], catalogue: int) -> float:
    """Return the share of `catalogue` things that are in at least one list; 0 for an empty catalogue."""
    return len({each for one in lists for each in one}) / catalogue if catalogue else 0.0


def gini(counts: Iterable[int]) -> float:
    """Return how unequal the counts are: 0 if all are the same, near 1 if one has everything.

    The Gini coefficient of how often each product is recommended, with a count of 0 for those that never are.
    Source: Fleder, Hosanagar, "Blockbuster culture's next rise or fall", Management Science 55(5), 2009.
    """
    ordered = np.sort(np.fromiter(counts, dtype=np.float64))
    if not ordered.sum():
        return 0.0
    place = np.arange(1, ordered.size + 1)
    return float(((2 * place - ordered.size - 1) * ordered).sum() / (ordered.size * ordered.sum()))


def largest_identical_share(lists: Sequence[Iterable[Hashable]]) -> float:
    """Return the share of lists that hold the same things as the most frequent one, in any order."""
    frequent = Counter(frozenset(one) for one in lists).most_common(1)
    return frequent[0][1] / len(lists) if frequent else 0.0


def novelty(lists: Iterable[Iterable[str]], owners: Mapping[str, int], customers: int) -> float:
    """Return the mean of -log2((owners + 1) / (customers + 1)) over all recommendations, in bits.

    The more customers have a product, the less its recommendation tells them. One is added because products
    that nobody has yet are recommended too.
    Source: Zhou et al., "Solving the apparent diversity-accuracy dilemma of recommender systems", PNAS
    107(10), 2010 (self-information).
    """
    held = np.array([owners.get(each, 0) for one in lists for each in one], dtype=np.float64)
    return _mean(-np.log2((held + 1) / (customers + 1)))


def duplicates(lists: Iterable[Sequence[Hashable]]) -> int:
    """Return how many entries repeat an earlier entry of their list."""
    return sum(len(one) - len(set(one)) for one in lists)


def share(found: Iterable[bool]) -> float:
    """Return the share that is true; 0 for none at all."""
    return _mean(np.fromiter(found, dtype=bool))


def bootstrap(found: Sequence[bool], *, seed: int = 0) -> Interval:
    """Return the share that is true with its 95 % percentile interval, the same for the same seed.

    Source: Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. Resampling n values of
    which a share p is true draws a binomial count, so the counts are drawn directly.
    """
    if not found:
        return Interval(0.0, 0.0, 0.0)
    size, mean = len(found), share(found)
    drawn = np.random.default_rng(seed).binomial(size, mean, BOOTSTRAP_SAMPLES) / size
    low, high = np.quantile(drawn, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Interval(mean, float(low), float(high))


def change(before: Sequence[bool], after: Sequence[bool], *, seed: int = 0) -> Change:
    """Return what becomes of a share, over the same cases in the same order, which are resampled in pairs."""
    size = len(before)
    lost = sum(was and not now for was, now in zip(before, after, strict=True))
    won = sum(now and not was for was, now in zip(before, after, strict=True))
    if not size:
        return Change(0.0, 0.0, 0.0, lost=0, won=0)
    shares = [lost / size, won / size, (size - lost - won) / size]
    drawn = np.random.default_rng(seed).multinomial(size, shares, BOOTSTRAP_SAMPLES) / size
    low, high = np.quantile(drawn[:, 1] - drawn[:, 0], ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return Change((won - lost) / size, float(low), float(high), lost=lost, won=won)


def hits(picked: Iterable[Hashable], wanted: AbstractSet[Hashable]) -> bool:
    """Return whether something wanted was picked."""
    return not wanted.isdisjoint(picked)


def _mean(values: NDArray[np.bool_] | NDArray[np.floating]) -> float:
    return float(np.mean(values)) if values.size else 0.0
