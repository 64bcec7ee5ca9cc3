"""How sure a difference is: intervals for shares and for means, and when numbers are too small for them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
POWER = 0.8
MOST_SKEWNESS = 0.2
"""The skewness of a difference of means up to which a normal 95 % interval is wrong in at most 6 % of cases.

Source: W. G. Cochran, Sampling Techniques, 3rd edition (1977), 2.15: n > 25 times the squared skewness.
"""
LEAST_BUYERS = 30
"""How many buyers a group needs: fewer say too little of how amounts are spread."""
LEAST = 2
"""Two values have a variance."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """What a figure may be, at the level that was asked for."""

    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the whole interval is on one side of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Share:
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing."""
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Moments:
    """How many values there are, how many are not 0, and the sums of their first three powers, exactly."""

    count: int = 0
    some: int = 0
    total: Decimal = Decimal()
    squares: Decimal = Decimal()
    cubes: Decimal = Decimal()

    def adding(self, value: Decimal) -> "Moments":
        """Return the moments with one more value."""
        if not value:
            return replace(self, count=self.count + 1)
        return self + Moments(1, 1, value, value**2, value**3)

    def __add__(self, other: "Moments") -> "Moments":
        """Return the moments of the values of both."""
        return Moments(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @property
    def mean(self) -> float:
        """The mean; 0 of nothing."""
        return float(self.total / self.count) if self.count else 0.0

    @property
    def variance(self) -> float:
        """The sample's variance; 0 of fewer than two values."""
        if self.count < LEAST:
            return 0.0
        return float((self.squares - self.total**2 / self.count) / (self.count - 1))

    @property
    def third(self) -> float:
        """The third moment about the mean: 0 if the largest values are as far from it as the smallest."""
        if not self.count:
            return 0.0
        mean = self.total / self.count
        return float(self.cubes / self.count - 3 * mean * self.squares / self.count + 2 * mean**3)


def wilson(share: Share, *, level: float = LEVEL) -> Interval:
    """Return what a share may be: the score interval of E. B. Wilson, JASA 22 (1927)."""
    if not share.whole:
        return Interval(0.0, 1.0)
    z, n, p = _z(level), share.whole, share.value
    middle, spread = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def newcombe(one: Share, other: Share, *, level: float = LEVEL) -> Interval:
    """Return by how much one share may exceed another of other people.

    Source: R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10: right for small numbers too.
    """
    ours, theirs = wilson(one, level=level), wilson(other, level=level)
    difference = one.value - other.value
    below = sqrt((one.value - ours.low) ** 2 + (theirs.high - other.value) ** 2)
    above = sqrt((ours.high - one.value) ** 2 + (other.value - theirs.low) ** 2)
    return Interval(difference - below, difference + above)


def welch(one: Moments, other: Moments, *, level: float = LEVEL) -> Interval | None:
    """Return by how much one mean may exceed another of other people; None where numbers are too small.

    Source: B. L. Welch, Biometrika 34 (1947), with Satterthwaite's degrees of freedom.
    """
    if min(one.some, other.some) < LEAST_BUYERS or abs(skewness(one, other)) > MOST_SKEWNESS:
        return None
    shares = [each.variance / each.count for each in (one, other)]
    freedom = sum(shares) ** 2 / sum(
        share**2 / (each.count - 1) for share, each in zip(shares, (one, other), strict=True)
    )
    spread = student(freedom, level=level) * sqrt(sum(shares))
    difference = one.mean - other.mean
    return Interval(difference - spread, difference + spread)


def skewness(one: Moments, other: Moments) -> float:
    """Return how skew the difference of two means is from sample to sample; 0 without a variance."""
    variance = one.variance / one.count + other.variance / other.count if one.count and other.count else 0.0
    if not variance:
        return 0.0
    return float((one.third / one.count**2 - other.third / other.count**2) / variance**1.5)


def student(freedom: float, *, level: float = LEVEL) -> float:
    """Return the two-sided quantile of Student's distribution with at least ten degrees of freedom.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5; right to four digits there.
    """
    z = _z(level)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92_160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))


def smallest_visible(one: int, other: int, share: float, *, level: float = LEVEL) -> float:
    """Return which difference of shares such groups show in four of five cases; both have about `share`."""
    if not one or not other:
        return 1.0
    both = _z(level) + _NORMAL.inv_cdf(POWER)
    return min(1.0, both * sqrt(share * (1 - share) * (1 / one + 1 / other)))


def chance_of_sizes(sizes: Sequence[int]) -> float:
    """Return how often groups drawn equally would differ in size so much, or more, by chance.

    Source: the chi-squared test, its distribution by Wilson and Hilferty, PNAS 17 (1931).
    """
    total, freedom = sum(sizes), len(sizes) - 1
    if not total or not freedom:
        return 1.0
    expected = total / len(sizes)
    statistic = sum((size - expected) ** 2 / expected for size in sizes)
    part = 2 / (9 * freedom)
    return 1 - _NORMAL.cdf(((statistic / freedom) ** (1 / 3) - (1 - part)) / sqrt(part))


def of_several(level: float, comparisons: int) -> float:
    """Return the level of each comparison by which several are right at `level` (Bonferroni's inequality)."""
    return 1 - (1 - level) / max(1, comparisons)


def _z(level: float) -> float:
    return _NORMAL.inv_cdf((1 + level) / 2)
