"""Compares two groups: by how much they differ, how sure that is, and what it says."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from fondly.operations.formatting import UNKNOWN
from fondly.operations.results.groups import Group
from fondly.operations.results.statistics import LEVEL, Interval, Share, newcombe, smallest_visible, welch

FEWEST = 10
"""Fewer clicks or buyers in two groups together say nothing, unless one group has all of them."""


class Measure(StrEnum):
    """What groups are compared by."""

    CLICKED = "clicked"
    """The share of customers who clicked."""
    BOUGHT = "bought"
    """The share of customers who bought something."""
    REVENUE = "revenue"
    """What a customer spent, on average over all, those who bought nothing among them."""


class Verdict(StrEnum):
    """What a comparison shows."""

    HIGHER = "higher"
    LOWER = "lower"
    UNCLEAR = "unclear"
    """The difference may as well be chance."""
    TOO_FEW = "too_few"
    """There is too little to say anything of."""


SAYS: Mapping[Verdict, str] = {
    Verdict.HIGHER: "more",
    Verdict.LOWER: "less",
    Verdict.UNCLEAR: "unclear",
    Verdict.TOO_FEW: "too few",
}
SHOWN: Mapping[Measure, str] = {
    Measure.CLICKED: "clicked",
    Measure.BOUGHT: "bought",
    Measure.REVENUE: "revenue a customer",
}


class Comparison(BaseModel):
    """How one group did beside another, by one measure; shares are from 0 to 1."""

    model_config = ConfigDict(frozen=True)
    group: str
    against: str
    measure: Measure
    value: float
    other: float
    difference: float
    low: float | None
    """The least that the difference may be; None where numbers are too small for an interval."""
    high: float | None
    level: float
    lift: float | None
    """The difference as a share of the other's value; None if that is 0."""
    visible: float | None
    """The difference of shares that would have been seen in four of five cases; None for revenue."""
    verdict: Verdict

    def signed(self, difference: float) -> str:
        """Write a difference: shares differ by points of a hundred."""
        is_revenue = self.measure is Measure.REVENUE
        return f"{difference:+,.2f}" if is_revenue else f"{difference * 100:+.2f} pt"

    @property
    def interval(self) -> str:
        """What the difference may be."""
        if self.low is None or self.high is None:
            return UNKNOWN
        return f"{self.signed(self.low).removesuffix(' pt')} to {self.signed(self.high)}"

    @property
    def hint(self) -> str:
        """What would have been seen, of a share that shows nothing; else empty."""
        if self.verdict is not Verdict.UNCLEAR or self.visible is None:
            return ""
        points = f"a difference of {self.visible * 100:.2f} pt would have shown in four of five cases"
        return f"{SHOWN[self.measure]}: {points}"

    @property
    def says(self) -> str:
        """What it shows, in a word or two."""
        return SAYS[self.verdict]


def compared(
    names: tuple[str, str], one: Group, other: Group, *, clicks: bool, level: float = LEVEL
) -> list[Comparison]:
    """Compare two groups by everything; by clicks only where they are counted, and both got emails."""
    clicked = Share(one.clicked, one.customers), Share(other.clicked, other.customers)
    bought = Share(one.buyers, one.customers), Share(other.buyers, other.customers)
    means, interval = (one.spent.mean, other.spent.mean), welch(one.spent, other.spent, level=level)
    return [
        *([_by_share(names, Measure.CLICKED, clicked, level)] if clicks else []),
        _by_share(names, Measure.BOUGHT, bought, level),
        _comparison(names, Measure.REVENUE, means, interval, level=level),
    ]


def _by_share(
    names: tuple[str, str], measure: Measure, shares: tuple[Share, Share], level: float
) -> Comparison:
    one, other = shares
    interval = newcombe(one, other, level=level)
    both = Share(one.part + other.part, one.whole + other.whole)
    is_few = both.part < FEWEST and not interval.excludes_zero
    return _comparison(
        names,
        measure,
        (one.value, other.value),
        interval,
        level=level,
        visible=smallest_visible(one.whole, other.whole, both.value, level=level) if both.part else None,
        is_few=is_few,
    )


def _comparison(
    names: tuple[str, str],
    measure: Measure,
    values: tuple[float, float],
    interval: Interval | None,
    *,
    level: float,
    visible: float | None = None,
    is_few: bool = False,
) -> Comparison:
    (group, against), (value, other) = names, values
    return Comparison(
        group=group,
        against=against,
        measure=measure,
        value=value,
        other=other,
        difference=value - other,
        low=interval and interval.low,
        high=interval and interval.high,
        level=level,
        lift=(value - other) / other if other else None,
        visible=visible,
        verdict=Verdict.TOO_FEW if is_few else _verdict(interval),
    )


def _verdict(interval: Interval | None) -> Verdict:
    if interval is None:
        return Verdict.TOO_FEW
    if not interval.excludes_zero:
        return Verdict.UNCLEAR
    return Verdict.HIGHER if interval.low > 0 else Verdict.LOWER
