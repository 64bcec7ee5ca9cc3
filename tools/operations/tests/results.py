"""Runs whose emails have led to something."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fondly.contracts.delivery import Dispatch, NotSent, Outcome
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.operations.results.comparing import Comparison, Measure
from fondly.operations.results.groups import Bought, Groups
from fondly.operations.results.views import Results, results
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.known import KnownPurchase

RUN = "run-0123456789abcdef"
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(days=30)
HOUR, DAY = 3_600, 86_400
SENT = int(AT.timestamp())


def dispatch(
    number: int, variant: str = "", outcome: Outcome = Outcome.SENT, reason: str = "", **more: object
) -> Dispatch:
    """What became of a customer's email."""
    return Dispatch.model_validate(
        {
            "run_id": RUN,
            "customer_id": f"C{number}",
            "variant": variant,
            "outcome": outcome,
            "reason": reason,
            "at": AT,
            **more,
        }
    )


def order(after_s: int, value: str | None = "100", product_id: str = "P1", quantity: int = 1) -> Bought:
    """A purchase so long after the email."""
    return Bought(product_id, SENT + after_s, quantity, None if value is None else Decimal(value))


def grouped(*told: tuple[Dispatch, Iterable[Bought]]) -> Groups:
    """The groups of some customers, by what they bought in a week."""
    groups = Groups(window_s=7 * DAY, prices={"P1": Decimal(30)})
    for sent, purchases in told:
        groups.add(sent, purchases)
    return groups


def shown(groups: Groups, *, against: str | None = None, now: datetime = LATER) -> Results:
    """The results of the groups."""
    return results(RUN, groups, days=7, currency="EUR", against=against, now=now)


def found(of: Results, group: str, measure: Measure) -> Comparison:
    """The one comparison of a group by a measure."""
    [each] = [one for one in of.comparisons if (one.group, one.measure) == (group, measure)]
    return each


def many(variant: str, customers: int, buyers: int, *, first: int, held_out: bool = False) -> Groups:
    """A group of which so many bought for 100 each."""
    outcome, reason = (Outcome.SUPPRESSED, NotSent.HOLDOUT) if held_out else (Outcome.SENT, "")
    return grouped(
        *(
            (dispatch(first + number, variant, outcome, reason), [order(HOUR)] if number < buyers else [])
            for number in range(customers)
        )
    )


def together(*several: Groups) -> Groups:
    """The groups of all of these customers."""
    all_of = several[0]
    for each in several[1:]:
        all_of.variants |= each.variants
        all_of.holdout += each.holdout
        all_of.drawn += each.drawn
    return all_of


# What a customer bought


def history(*purchases: KnownPurchase) -> History:
    """A customer's history."""
    return History(customer_id="C1", run_id=RUN, purchases=purchases)


def told(after_s: int | None, order_id: str = "o1", product_id: str = "P1", **more: object) -> KnownPurchase:
    """A purchase that a file of orders tells of."""
    time = {"timestamp": SENT + (after_s or 0), "is_dated": after_s is not None}
    return KnownPurchase.model_validate({"order_id": order_id, "product_id": product_id, **time, **more})


def event(after_s: int, kind: EventKind = EventKind.PURCHASED, value: str | None = None) -> CustomerEvent:
    """Something that a customer did with the first product."""
    return CustomerEvent(
        event_id=f"e{after_s}",
        customer_id="C1",
        product_id="P1",
        kind=kind,
        timestamp=SENT + after_s,
        value=None if value is None else Decimal(value),
    )
