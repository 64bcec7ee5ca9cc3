"""The groups of customers that are compared, what their customers bought, and what each group came to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from itertools import groupby

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.operations.results.statistics import Moments
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.returns import is_undone


@dataclass(frozen=True)
class Bought:
    """A product that a customer has bought, at a time in Unix seconds."""

    product_id: str
    timestamp: int
    quantity: int = 1
    value: Decimal | None = None
    """What it came to, in the shop's currency; None if the shop has not told."""

    def worth(self, prices: Mapping[str, Decimal]) -> Decimal | None:
        """Return what it came to, or would have by these prices; None for a product without one."""
        if self.value is not None:
            return self.value
        price = prices.get(self.product_id)
        return None if price is None else price * self.quantity


def bought(history: History | None, events: Iterable[CustomerEvent]) -> list[Bought]:
    """Return what a customer has bought at a known time, oldest first.

    A shop may tell of a purchase both in an event and in a file of orders, under different ids: the same
    product within a day counts once, by what is known of its value, and not at all if the order was undone.
    """
    orders, undone = (history.purchases, history.undone) if history else ((), ())
    told = [
        Bought(one.product_id, one.timestamp or 0, one.quantity, one.value) for one in orders if one.is_dated
    ]
    told += [
        Bought(one.product_id, one.timestamp, value=one.value)
        for one in events
        if one.kind is EventKind.PURCHASED and not is_undone(one, undone)
    ]
    told.sort(key=lambda one: (one.product_id, one.timestamp))
    found = [each for _, same in groupby(told, key=lambda one: one.product_id) for each in _apart(same)]
    return sorted(found, key=lambda one: one.timestamp)


def _apart(same: Iterable[Bought]) -> list[Bought]:
    """Return purchases of one product, in order of time, that are a day or more apart."""
    kept: list[Bought] = []
    for one in same:
        if not kept or one.timestamp - kept[-1].timestamp >= SECONDS_PER_DAY:
            kept.append(one)
        elif kept[-1].value is None and one.value is not None:
            kept[-1] = one
    return kept


HOLDOUT = "holdout"
NOT_HELD_OUT = "not held out"
"""Customers who would have been held out by another draw: the holdout is compared with them."""
HANDED_OVER = frozenset({Outcome.SENT, Outcome.REFUSED, Outcome.IN_DOUBT})
"""What came of emails that went out: also of those that did not arrive, as a holdout's might not have."""


@dataclass(frozen=True)
class Group:
    """What a group of customers came to; each adds one value to `spent`, that of all their purchases."""

    customers: int = 0
    delivered: int = 0
    clicked: int = 0
    buyers: int = 0
    purchases: int = 0
    priced: int = 0
    """Purchases with the price of the catalogue, because the shop has not told what they came to."""
    unpriced: int = 0
    """Purchases that nobody knows the price of; they count as bought, and for nothing."""
    spent: Moments = Moments()  # noqa: RUF009 - immutable

    def adding(self, dispatch: Dispatch, found: Iterable[Bought], prices: Mapping[str, Decimal]) -> "Group":
        """Return the group with one more customer, who bought so much in their time."""
        purchases = list(found)
        worth = [one.worth(prices) for one in purchases]
        untold = sum(one.value is None for one in purchases)
        return self + Group(
            customers=1,
            delivered=int(dispatch.outcome is Outcome.SENT and dispatch.bounced != "hard"),
            clicked=int(dispatch.clicked_at is not None),
            buyers=int(bool(purchases)),
            purchases=len(purchases),
            priced=untold - worth.count(None),
            unpriced=worth.count(None),
            spent=Moments().adding(sum(filter(None, worth), Decimal())),
        )

    def __add__(self, other: "Group") -> "Group":
        """Return the group of the customers of both."""
        return Group(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


@dataclass
class Groups:
    """The groups of a run, and how many have been drawn into each variant, whatever came of their email."""

    window_s: int
    prices: Mapping[str, Decimal]
    variants: dict[str, Group] = field(default_factory=dict)
    others: Group = Group()
    """Emails that went out and have no variant."""
    capped: Group = Group()
    """Customers who had had enough emails: nobody asks that of a holdout, so they are in what it is compared
    with."""
    holdout: Group = Group()
    drawn: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    """Emails that were not sent for another reason, by reason: they are in no group."""
    first: int | None = None
    """When the first email went out, in Unix seconds."""
    last: int | None = None
    latest_purchase: int | None = None
    """When the latest purchase of any of these customers was made, as far as it is known."""

    def add(self, dispatch: Dispatch, purchases: Iterable[Bought]) -> None:
        """Add an email with all that its customer has bought."""
        known = list(purchases)
        if dispatch.variant:
            self.drawn[dispatch.variant] += 1
        if known:
            self.latest_purchase = max(self.latest_purchase or 0, known[-1].timestamp)
        if not dispatch.outcome.is_final:
            self.waiting += 1
            return
        start = int(dispatch.at.timestamp())
        theirs = [one for one in known if start <= one.timestamp < start + self.window_s]
        self._count(dispatch, theirs, start)

    def _count(self, dispatch: Dispatch, theirs: Iterable[Bought], start: int) -> None:
        if dispatch.outcome in HANDED_OVER:
            self._note(start)
            if dispatch.variant:
                group = self.variants.get(dispatch.variant, Group())
                self.variants[dispatch.variant] = group.adding(dispatch, theirs, self.prices)
            else:
                self.others = self.others.adding(dispatch, theirs, self.prices)
        elif dispatch.reason == NotSent.HOLDOUT:
            self._note(start)
            self.holdout = self.holdout.adding(dispatch, theirs, self.prices)
        elif dispatch.reason == NotSent.FREQUENCY:
            self.capped = self.capped.adding(dispatch, theirs, self.prices)
        else:
            self.left_out[dispatch.reason] += 1

    @property
    def emails(self) -> Group:
        """Everybody whose email went out."""
        return sum(self.variants.values(), self.others)

    @property
    def not_held_out(self) -> Group:
        """Everybody who would have been held out by another draw."""
        return self.emails + self.capped

    def _note(self, start: int) -> None:
        self.first = start if self.first is None else min(self.first, start)
        self.last = start if self.last is None else max(self.last, start)
