"""What is left of purchases once some were undone or returned, by a later file or an order of its own."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import TypeVar

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import CustomerEvent, Purchase, Undone
from fondly.recommender.domain.history.known import KnownPurchase

Value = TypeVar("Value")


def line_of(one: Purchase | Undone) -> tuple[str, str]:
    """Return the line of an order: its id, and the product's."""
    return one.order_id, one.product_id


def merged(told: Iterable[Purchase], before: Iterable[KnownPurchase], now: int) -> tuple[KnownPurchase, ...]:
    """Return what a file tells and what was known; a line that has no time keeps it, or has that of `now`."""
    known = {(one.order_id, one.product_id): one for one in before}
    found = {}
    for one in told:
        key = one.order_id, one.product_id
        earlier = known.pop(key, None)
        found[key] = KnownPurchase(
            order_id=one.order_id,
            product_id=one.product_id,
            quantity=one.quantity,
            timestamp=first_of(one.timestamp, earlier and earlier.timestamp, now),
            value=first_of(one.value, earlier and earlier.value),
            is_dated=one.timestamp is not None or bool(earlier and earlier.is_dated),
        )
    return (*found.values(), *known.values())


def is_undone(told: CustomerEvent | KnownPurchase, undone: Iterable[Undone]) -> bool:
    """Return whether what an event has told is of an order that was undone: one within a day of it."""
    return any(
        one.product_id == told.product_id
        and one.of_others is None
        and abs((one.timestamp or 0) - (told.timestamp or 0)) < SECONDS_PER_DAY
        for one in undone
    )


def left_of(
    purchases: Iterable[KnownPurchase], undone: Sequence[Undone], before: Iterable[Undone]
) -> tuple[KnownPurchase, ...]:
    """Return the purchases without what was undone; what was known `before` has taken back its share."""
    gone, applied = set(map(line_of, undone)), set(map(line_of, before))
    left = [
        one for one in purchases if line_of(one) not in gone and not (one.is_event and is_undone(one, undone))
    ]
    for one in undone:
        if one.of_others and line_of(one) not in applied:
            left = _less(left, one, one.of_others)
    return tuple(left)


def _less(purchases: Sequence[KnownPurchase], returned: Undone, pieces: int) -> list[KnownPurchase]:
    """Take pieces of a product from the latest purchases until the return."""
    left = dict(enumerate(purchases))
    until = inf if returned.timestamp is None else returned.timestamp
    for at, one in sorted(left.items(), key=lambda each: -(each[1].timestamp or 0)):
        if one.product_id == returned.product_id and not (one.is_dated and (one.timestamp or 0) > until):
            rest = max(0, one.quantity - pieces)
            pieces -= one.quantity - rest
            value = one.value and one.value * rest / one.quantity
            left[at] = one.model_copy(update={"quantity": rest, "value": value})
    return [one for one in left.values() if one.quantity]


def first_of(*values: Value | None) -> Value | None:
    """Return the first value that is known."""
    return next((value for value in values if value is not None), None)
