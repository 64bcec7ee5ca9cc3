"""The results of a run, as people and programs read them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.operations.errors import OperationError
from fondly.operations.results.comparing import Comparison, Measure, Verdict, compared
from fondly.operations.results.groups import HOLDOUT, NOT_HELD_OUT, Group, Groups
from fondly.operations.results.statistics import LEVEL, Share, chance_of_sizes, of_several, wilson

PLAIN = ("plain", "control")
"""The names of variants that others are compared with, if there is one so named."""
ALL = "all emails"
UNEQUAL = 0.001
"""Groups are this unequal by chance once in a thousand runs."""


class GroupView(BaseModel):
    """What a group came to; shares are from 0 to 1, and `low` and `high` what they may be."""

    model_config = ConfigDict(frozen=True)
    name: str
    customers: int
    delivered: int
    clicked: int
    bought: int
    """Customers who bought something in their time."""
    bought_share: float
    bought_low: float
    bought_high: float
    purchases: int
    revenue: Decimal
    revenue_per_customer: float


class Extra(BaseModel):
    """What a run's emails brought, by the holdout: as many customers without emails would have done less."""

    model_config = ConfigDict(frozen=True)
    measure: Measure
    amount: float
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """All of it on a line."""
        what, places = ("buyers", 0) if self.measure is Measure.BOUGHT else ("revenue", 2)
        line = f"{what} {self.amount:+,.{places}f}"
        if self.low is None or self.high is None:
            return line
        return f"{line}, between {self.low:+,.{places}f} and {self.high:+,.{places}f}"


class Results(BaseModel):
    """What the emails of a run have led to."""

    model_config = ConfigDict(frozen=True)
    run_id: str
    days: int
    """Purchases count for so many days from each customer's email on."""
    first_email_at: datetime
    last_email_at: datetime
    latest_purchase_at: datetime | None
    complete: bool
    """Whether everybody's days are over."""
    currency: str
    """The currency of the run's catalogue, in which the shop's own values are taken to be."""
    groups: list[GroupView]
    comparisons: list[Comparison]
    extra: list[Extra]
    waiting: int
    left_out: dict[str, int]
    """Emails that were not sent, and are in no group, by reason."""
    notes: list[str]
    """What a person must know before they believe any of it."""

    @property
    def when(self) -> str:
        """When the emails went out, and how long purchases count."""
        first, last = (f"{each:%Y-%m-%d %H:%M}" for each in (self.first_email_at, self.last_email_at))
        emails = f"emails of {first} UTC" if first == last else f"emails of {first} to {last} UTC"
        return f"{emails}, purchases within {self.days} {'day' if self.days == 1 else 'days'}"


def results(
    run_id: str, groups: Groups, *, days: int, currency: str, against: str | None, now: datetime
) -> Results:
    """Return a run's results; raise `OperationError` if no email has gone out, or `against` is no variant."""
    if groups.first is None or groups.last is None:
        raise OperationError(
            f"no email of {run_id} has been sent, and nobody was held out: nothing to compare"
        )
    ends = groups.last + groups.window_s
    reference = _reference(groups, against)
    comparisons = [*_variants(groups, reference), *_holdout(groups)]
    return Results(
        run_id=run_id,
        days=days,
        first_email_at=_time(groups.first),
        last_email_at=_time(groups.last),
        latest_purchase_at=None if groups.latest_purchase is None else _time(groups.latest_purchase),
        complete=now.timestamp() >= ends,
        currency=currency,
        groups=list(_views(groups)),
        comparisons=comparisons,
        extra=list(_extra(groups, comparisons)),
        waiting=groups.waiting,
        left_out=dict(sorted(groups.left_out.items())),
        notes=list(_notes(groups, comparisons, ends=ends, now=now)),
    )


def _reference(groups: Groups, against: str | None) -> str | None:
    names = sorted(groups.variants)
    if against is not None and against not in names:
        known = f"the variants {', '.join(names)}" if names else "a run with variants"
        raise OperationError(f"found {against!r}, expected one of {known}")
    return against or next((name for name in PLAIN if name in names), next(iter(names), None))


def _variants(groups: Groups, reference: str | None) -> Iterator[Comparison]:
    """Compare each variant with one; the more there are, the more careful is each comparison."""
    others = [name for name in sorted(groups.variants) if name != reference]
    clicks = any(each.clicked for each in groups.variants.values())
    for name in others if reference else ():
        assert reference is not None  # noqa: S101 - as the loop says
        yield from compared(
            (name, reference),
            groups.variants[name],
            groups.variants[reference],
            clicks=clicks,
            level=of_several(LEVEL, len(others)),
        )


def _holdout(groups: Groups) -> list[Comparison]:
    if not groups.holdout.customers or not groups.not_held_out.customers:
        return []
    return compared((NOT_HELD_OUT, HOLDOUT), groups.not_held_out, groups.holdout, clicks=False)


def _views(groups: Groups) -> Iterator[GroupView]:
    yield from (_view(name, groups.variants[name]) for name in sorted(groups.variants))
    if groups.variants and groups.others.customers:
        yield _view("no variant", groups.others)
    yield _view(ALL, groups.emails)
    if groups.holdout.customers:
        yield _view(HOLDOUT, groups.holdout)


def _view(name: str, group: Group) -> GroupView:
    share = Share(group.buyers, group.customers)
    interval = wilson(share)
    return GroupView(
        name=name,
        customers=group.customers,
        delivered=group.delivered,
        clicked=group.clicked,
        bought=group.buyers,
        bought_share=share.value,
        bought_low=interval.low,
        bought_high=interval.high,
        purchases=group.purchases,
        revenue=group.spent.total,
        revenue_per_customer=group.spent.mean,
    )


def _extra(groups: Groups, comparisons: Sequence[Comparison]) -> Iterator[Extra]:
    """Yield what the emails brought, in buyers and revenue, where the holdout shows anything."""
    customers = groups.not_held_out.customers
    for each in comparisons:
        if each.against == HOLDOUT and each.verdict is not Verdict.TOO_FEW:
            yield Extra(
                measure=each.measure,
                amount=each.difference * customers,
                low=None if each.low is None else each.low * customers,
                high=None if each.high is None else each.high * customers,
            )


def _notes(groups: Groups, comparisons: Sequence[Comparison], *, ends: int, now: datetime) -> Iterator[str]:
    if now.timestamp() < ends:
        yield f"provisional: purchases count until {_time(ends):%Y-%m-%d %H:%M} UTC"
    if (groups.latest_purchase or 0) < (groups.first or 0):
        yield "no purchase since the first email is known: upload orders, or events of kind purchased"
    elif (groups.latest_purchase or 0) < min(ends, int(now.timestamp())) - SECONDS_PER_DAY:
        yield (
            f"the latest purchase known is of {_time(groups.latest_purchase or 0):%Y-%m-%d %H:%M} UTC: "
            "what was bought later is missing unless nothing was"
        )
    if (chance := chance_of_sizes(list(groups.drawn.values()))) < UNEQUAL:
        yield f"the variants are more unequal in size than chance allows (p = {chance:.1g}): trust none of it"
    if not groups.holdout.customers:
        yield "nobody was held out, so it cannot be told what was bought because of the emails"
    everybody = groups.not_held_out + groups.holdout
    if everybody.priced:
        yield (
            f"{everybody.priced:,} of {everybody.purchases:,} purchases have the price of the run's "
            "catalogue: the shop has not told what they came to"
        )
    if everybody.unpriced:
        yield f"{everybody.unpriced:,} purchases have no known value and count as bought for nothing"
    if groups.waiting:
        yield f"{groups.waiting:,} emails are still to be sent"
    if any(each.verdict is Verdict.TOO_FEW for each in comparisons):
        yield "some numbers are too small to say anything: compare over more customers or more days"


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
