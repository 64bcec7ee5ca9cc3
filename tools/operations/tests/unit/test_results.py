"""What the emails of a run have led to, by group."""

from datetime import timedelta
from decimal import Decimal

import pytest

from fondly.contracts.delivery import NotSent, Outcome
from fondly.contracts.records import EventKind, Undone
from fondly.operations.errors import OperationError
from fondly.operations.results.comparing import Measure, Verdict
from fondly.operations.results.groups import HOLDOUT, NOT_HELD_OUT, bought
from tools.operations.tests.results import (
    AT,
    DAY,
    HOUR,
    SENT,
    dispatch,
    event,
    found,
    grouped,
    history,
    many,
    order,
    shown,
    together,
    told,
)


def test_orders_and_events_are_both_purchases() -> None:
    """Clicks are not, nor is an order of which nobody knows when it was."""
    known = history(told(DAY, quantity=3, value="75"), told(None, "o2", "P2"))
    assert bought(known, [event(4 * DAY, value="20"), event(0, EventKind.CLICKED)]) == [
        order(DAY, "75", quantity=3),
        order(4 * DAY, "20"),
    ]
    assert bought(None, []) == []


def test_what_was_undone_led_to_nothing() -> None:
    """The event that told of it counts no more than its order."""
    undone = Undone(order_id="o1", product_id="P1", timestamp=SENT + DAY)
    known = history(told(3 * DAY, "o2")).model_copy(update={"undone": (undone,)})
    assert bought(known, [event(DAY + HOUR, value="20")]) == [order(3 * DAY, None)]


@pytest.mark.parametrize("order_first", [True, False])
def test_a_purchase_told_twice_counts_once_by_its_value(order_first: bool) -> None:  # noqa: FBT001 - a case
    """In a file of orders by the day, and in an event by the second, under different ids."""
    ordered_s, event_s = (DAY, DAY + 5 * HOUR) if order_first else (DAY + 5 * HOUR, DAY)
    assert [one.value for one in bought(history(told(ordered_s)), [event(event_s, value="49.90")])] == [
        Decimal("49.90")
    ]
    assert len(bought(history(told(ordered_s, "o1"), told(ordered_s + 2 * DAY, "o2")), [event(event_s)])) == 2


def test_a_purchase_is_worth_what_the_shop_told_or_else_the_catalogues_price() -> None:
    """Times its quantity; of a product that is not sold any more nothing is known."""
    prices = {"P1": Decimal("12.50")}
    assert order(0, "9.99", quantity=3).worth(prices) == Decimal("9.99")
    assert order(0, None, quantity=3).worth(prices) == Decimal("37.50")
    assert order(0, None, "gone").worth(prices) is None


# Groups


def test_only_purchases_within_the_days_after_the_email_count() -> None:
    """From the moment of each customer's own email on."""
    groups = grouped(
        (dispatch(1), [order(-HOUR), order(0), order(7 * DAY - 1), order(7 * DAY)]),
        (dispatch(2), [order(-DAY)]),
    )
    assert (groups.emails.customers, groups.emails.buyers, groups.emails.purchases) == (2, 1, 2)
    assert groups.emails.spent.total == 200
    assert groups.latest_purchase == SENT + 7 * DAY


def test_who_was_not_meant_to_get_an_email_is_in_no_group() -> None:
    """But those whose email did not arrive are: of a holdout nobody knows whose would have."""
    groups = grouped(
        (dispatch(1, "a"), []),
        (dispatch(2, "a", Outcome.REFUSED, "550 no such user"), []),
        (dispatch(3, "a", Outcome.IN_DOUBT), []),
        (dispatch(4, "a", bounced="hard"), []),
        (dispatch(5, "a", bounced="soft", clicked_at=AT), []),
        (dispatch(6, "a", Outcome.SUPPRESSED, NotSent.UNSUBSCRIBED), [order(HOUR)]),
        (dispatch(7, "a", Outcome.SUPPRESSED, NotSent.FREQUENCY), [order(HOUR)]),
        (dispatch(8, "a", Outcome.SUPPRESSED, NotSent.HOLDOUT), [order(HOUR)]),
        (dispatch(9, "a", Outcome.WAITING), []),
    )
    group = groups.variants["a"]
    assert (group.customers, group.delivered, group.clicked, group.buyers) == (5, 2, 1, 0)
    assert (groups.holdout.customers, groups.holdout.buyers) == (1, 1)
    assert (groups.not_held_out.customers, groups.not_held_out.buyers) == (6, 1)
    assert groups.left_out == {"unsubscribed": 1}
    assert groups.waiting == 1
    assert groups.drawn["a"] == 9


# Results


def test_variants_are_compared_with_the_plain_one() -> None:
    """10 % against 5 % of a thousand each: no chance does that; the lift is the relative difference."""
    made = shown(together(many("named", 1_000, 100, first=0), many("plain", 1_000, 50, first=5_000)))
    each = found(made, "named", Measure.BOUGHT)
    assert (each.against, each.verdict) == ("plain", Verdict.HIGHER)
    assert each.difference == pytest.approx(0.05)
    assert each.lift == pytest.approx(1.0)
    assert each.low is not None
    assert 0 < each.low < 0.05
    spent = found(made, "named", Measure.REVENUE)
    assert spent.difference == pytest.approx(5.0)
    assert spent.verdict is Verdict.HIGHER
    other = found(
        shown(together(many("a", 500, 9, first=0), many("b", 500, 40, first=900)), against="b"),
        "a",
        Measure.BOUGHT,
    )
    assert other.verdict is Verdict.LOWER
    assert not [each for each in made.comparisons if each.measure is Measure.CLICKED]


def test_several_variants_are_compared_more_carefully() -> None:
    """Each of three comparisons is at 98.3 %, so that all are right at 95 %."""
    groups = together(
        *(many(name, 300, 30, first=1_000 * at) for at, name in enumerate(("plain", "b", "c", "d")))
    )
    levels = [each.level for each in shown(groups).comparisons]
    assert levels == [pytest.approx(1 - 0.05 / 3)] * 6


def test_the_holdout_tells_what_the_emails_brought() -> None:
    """The difference of shares, times everybody who was not held out."""
    made = shown(
        together(many("plain", 4_000, 240, first=0), many("", 1_000, 30, first=9_000, held_out=True))
    )
    each = found(made, NOT_HELD_OUT, Measure.BOUGHT)
    assert (each.against, each.verdict) == (HOLDOUT, Verdict.HIGHER)
    [buyers, *_] = made.extra
    assert buyers.measure is Measure.BOUGHT
    assert buyers.amount == pytest.approx(120)
    assert buyers.low is not None
    assert 0 < buyers.low < 120


def test_small_numbers_say_that_they_are_small() -> None:
    """Three buyers of twenty against one: no verdict, and no interval for revenue."""
    made = shown(together(many("named", 20, 3, first=0), many("plain", 20, 1, first=100)))
    assert {each.verdict for each in made.comparisons} == {Verdict.TOO_FEW}
    assert found(made, "named", Measure.REVENUE).low is None
    assert any("too small" in note for note in made.notes)


def test_what_makes_results_doubtful_is_said() -> None:
    """Days that are not over, orders that nobody has uploaded, prices that were not told, unequal groups."""
    early = grouped((dispatch(1, "a"), []), (dispatch(2, "b"), [order(-HOUR)]))
    notes = "\n".join(shown(early, now=AT + timedelta(days=2)).notes)
    assert "provisional: purchases count until 2026-11-09 09:00 UTC" in notes
    assert "no purchase since the first email is known" in notes
    assert "nobody was held out" in notes
    assert not shown(early, now=AT + timedelta(days=2)).complete
    priced = grouped((dispatch(1), [order(DAY, None)]), (dispatch(2), [order(DAY, None, "gone")]))
    notes = "\n".join(shown(priced).notes)
    assert "1 of 2 purchases have the price of the run's catalogue" in notes
    assert "1 purchases have no known value" in notes
    unequal = together(many("a", 700, 0, first=0), many("b", 500, 0, first=1_000))
    assert any("more unequal in size than chance allows" in note for note in shown(unequal).notes)


def test_a_run_that_nobody_got_has_no_results() -> None:
    """Nor has a comparison with a variant that there is not."""
    with pytest.raises(OperationError, match="nothing to compare"):
        shown(grouped((dispatch(1, outcome=Outcome.SUPPRESSED, reason="manual"), [])))
    with pytest.raises(OperationError, match="found 'c', expected one of the variants a, b"):
        shown(grouped((dispatch(1, "a"), []), (dispatch(2, "b"), [])), against="c")
