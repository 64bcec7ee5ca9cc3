"""Purchases that a later file takes back, and returns."""

from decimal import Decimal
from typing import Any

import pytest

from fondly.contracts.records import (
    Customer,
    CustomerEvent,
    EventKind,
    Exclusion,
    Purchase,
    ScoredReview,
    Undone,
)
from fondly.recommender.domain.history.history import History, Told
from fondly.recommender.domain.picking.recommending import recommend
from services.recommender.tests.fakes import review, scores
from services.recommender.tests.shops import shelf, shop_of

DAY = 86_400
TEA = ("Home", "Pantry", "Tea")
BOUGHT = Purchase(order_id="O1", product_id="tea0", quantity=2, timestamp=10 * DAY, value=Decimal(8))
OTHER = Purchase(order_id="O2", product_id="tea1", timestamp=11 * DAY)
CANCELLED = Undone(order_id="O1", product_id="tea0", timestamp=10 * DAY)
RETURNED = CANCELLED.model_copy(update={"is_return": True})


def credit(pieces: int, *, day: int = 12, order_id: str = "R1") -> Undone:
    """A return by an order of its own."""
    facts = {"product_id": "tea0", "timestamp": day * DAY, "is_return": True, "of_others": pieces}
    return Undone.model_validate({"order_id": order_id, **facts})


def week(before: History | None = None, **told: Any) -> History:  # noqa: ANN401 - a customer's facts
    """What is known once a file has told of the customer."""
    customer = Customer.model_validate({"customer_id": "C", **told})
    return History.of(customer, {}, run_id="run-1", now=20 * DAY, before=before)


def kept(history: History) -> dict[str, int]:
    """How many of each product the customer has by their orders."""
    return {one.product_id: one.quantity for one in History.from_item(history.item()).purchases}


@pytest.mark.parametrize(
    ("undone", "left", "returned"),
    [
        (CANCELLED, {}, set()),
        (RETURNED, {}, {"tea0"}),
        (credit(2), {}, {"tea0"}),
        (credit(5), {}, {"tea0"}),
        (credit(1), {"tea0": 1}, set()),
        (credit(0), {"tea0": 2}, set()),
        (credit(2, day=9), {"tea0": 2}, set()),
    ],
)
def test_a_later_file_takes_a_purchase_back(undone: Undone, left: dict[str, int], returned: set[str]) -> None:
    """By its order, or by a return of its own, which takes back what was bought before it; both only once."""
    first = week(purchases=[BOUGHT, OTHER])
    again = week(week(first, undone=[undone]), undone=[undone])
    assert kept(again) == {**left, "tea1": 1}
    assert again.customer.returned == returned
    assert again.exclusion is None


def test_of_what_is_left_of_a_purchase_the_value_is_kept() -> None:
    """A piece of two is worth half."""
    [known] = week(week(purchases=[BOUGHT]), undone=[credit(1)]).purchases
    assert known.value == Decimal(4)


def test_the_newest_file_decides_what_became_of_an_order() -> None:
    """A refund that was undone in its turn is a purchase again."""
    again = week(week(purchases=[OTHER], undone=[RETURNED]), purchases=[BOUGHT])
    assert kept(again) == {"tea0": 2, "tea1": 1}
    assert not again.undone


def test_an_event_of_an_undone_order_is_no_purchase() -> None:
    """Whichever came first, and under whatever id; one of another day is."""
    facts = {"customer_id": "C", "product_id": "tea0", "kind": EventKind.PURCHASED}
    own, later = (
        CustomerEvent.model_validate({**facts, "event_id": f"e{at}", "timestamp": at})
        for at in (10 * DAY + 5 * 3600, 14 * DAY)
    )
    assert kept(week(week(purchases=[OTHER]).with_events([own]), undone=[CANCELLED])) == {"tea1": 1}
    assert kept(week(purchases=[OTHER], undone=[CANCELLED]).with_events([own])) == {"tea1": 1}
    assert kept(week(undone=[CANCELLED]).with_events([later])) == {"tea0": 1}


@pytest.mark.parametrize(
    ("told", "exclusion"),
    [
        ({"undone": [RETURNED]}, Exclusion.NOTHING_KEPT),
        ({"undone": [RETURNED], "reviews": [review("R1", "tea0")]}, Exclusion.NOTHING_KEPT),
        ({"undone": [CANCELLED], "reviews": [review("R1", "tea0")]}, Exclusion.NOTHING_KEPT),
        ({"undone": [CANCELLED], "reviews": [review("R1", "tea1")]}, None),
        ({"undone": [CANCELLED], "purchases": [OTHER]}, None),
        ({"undone": [CANCELLED], "exclusion": Exclusion.NO_CONSENT}, Exclusion.NO_CONSENT),
        ({}, None),
    ],
)
def test_whoever_has_nothing_left_is_excluded(told: dict[str, Any], exclusion: Exclusion | None) -> None:
    """Also in the weeks after, of whose files nothing tells of an order."""
    first = week(**told)
    assert first.exclusion is exclusion
    assert first.completing(Customer(customer_id="C", exclusion=told.get("exclusion"))).exclusion is exclusion
    facts = {"exclusion": told["exclusion"]} if "exclusion" in told else {}
    assert week(first, **facts).exclusion is exclusion


def test_a_review_does_not_make_theirs_what_they_returned() -> None:
    """It is no taste, nothing to be sorry for, and none of the family is offered again."""
    shop = shop_of([*shelf(TEA, 6, rating=Decimal("4.5"), rating_count=90)])
    mine = review("R1", "tea0", title="Bad", rating=Decimal(1))
    known = week(purchases=[OTHER], undone=[RETURNED], reviews=[mine])
    assert known.customer.product_ids == ("tea1",)
    scored = [ScoredReview(review_id="R1", customer_id="C", product_ids=("tea0",), scores=scores(-0.9))]
    [found] = recommend(Told([known.customer], scored, known.scores, {"C": [mine]}), {}, shop).recommendations
    assert [one.product_id for one in found.owned] == ["tea1"]
    assert found.complaint is None
    assert "tea0" not in {pick.product.product_id for pick in found.picks}
