"""What one customer bought after their email, and for how much."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.recommender.domain.history.history import History


@dataclass(frozen=True)
class Bought:
    """A product that a customer has bought, at a time in Unix seconds."""

    product_id: str
    timestamp: int
    quantity: int = 1
    value: Decimal | None = None
    """Its price in the shop's currency; None if the shop has not told."""

    def worth(self, prices: Mapping[str, Decimal]) -> Decimal | None:
        """Return what it came to, or would have by these prices; None for a product without one."""
        if self.value is not None:
            return self.value
        price = prices.get(self.product_id)
        return None if price is None else price * self.quantity


def bought(history: History | None, events: Iterable[CustomerEvent]) -> list[Bought]:
    """Return what a customer has bought at a known time, oldest first.

    A shop may tell of a purchase both in an event and in a file of orders, under different ids: the same
    product within a day counts once, by what is known of its value.
    """
    orders = history.purchases if history else ()
    told = [
        Bought(one.product_id, one.timestamp or 0, one.quantity, one.value) for one in orders if one.is_dated
    ]
    told += [
        Bought(one.product_id, one.timestamp, value=one.value)
        for one in events
        if one.kind is EventKind.PURCHASED
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
