"""What a shop pins, and what customers want nothing of."""

import pytest

from fondly.contracts.records import ProductSentiment, ReasonKind
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.picking.unwanted import departments
from fondly.recommender.domain.shop.merchandising import ShopRules
from services.recommender.tests.baskets import (
    ALL,
    NOTHING_DURABLE,
    TEA,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.lists import CUSTOMERS, categories, kinds, lists
from services.recommender.tests.shops import dislikes, ids, likes, shop_of

DEPARTMENTS = ("Kitchen", "Garden", "Food")


def test_pinned_products_come_first_in_their_order() -> None:
    """For everybody who may get them; as many as the setting says."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("gone", "tea5", "tea4", "tea3"))
    shop = shop_of(ALL, shop=pinned)
    for selection in lists(shop, likes("tea0")):
        assert ids(selection)[:2] == ["tea5", "tea4"]
        assert kinds(selection)[:2] == [ReasonKind.FEATURED] * 2
    for selection in (*lists(shop, likes("tea5")), *lists(shop, likes("tea0"), emailed=["tea5"])):
        assert ids(selection)[:2] == ["tea4", "tea3"]
    for selection in lists(shop_of(ALL, rules=Rules(max_pinned=1), shop=pinned), likes("tea0")):
        assert ids(selection)[0] == "tea5"


def test_nothing_of_an_unwanted_department_is_picked() -> None:
    """Neither a ranked or pinned product nor what goes with theirs, though too few are left."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("tea5", "hoses1"))
    shop, ranked = shop_of(ALL, shop=pinned), [f"tea{n}" for n in range(6)]
    for customer in CUSTOMERS:
        shopper = Shopper(shop, likes("tea0"), ranked, customer, unwanted=departments([" KITCHEN "]))
        selection = pick(shopper)
        assert {category[0] for category in categories(selection)} <= {"Garden", "Food"}
        assert len(selection.picks) == 3
        assert ids(selection)[0] == "hoses1"
        none = Shopper(shop, likes("tea0"), customer_id=customer, unwanted=departments(DEPARTMENTS))
        assert pick(none).picks == ()


def test_an_unknown_department_leaves_nothing_out() -> None:
    """One that the shop has given up, or called otherwise; a product of none is of none."""
    shop = shop_of([*ALL, product("loose", "loose", ())])
    unknown = [
        pick(Shopper(shop, likes("tea0"), (), each, unwanted=departments(["Kitchens", ""])))
        for each in CUSTOMERS
    ]
    assert list(map(ids, lists(shop, likes("tea0")))) == list(map(ids, unknown))


@pytest.mark.parametrize("picks", [1, 2, 3, 5])
def test_pinned_products_are_never_more_than_a_customer_gets(picks: int) -> None:
    """An email of one product has the first pin alone."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("tea5", "tea4"))
    for selection in lists(shop_of(ALL, shop=pinned, picks=picks), likes("tea0")):
        assert len(selection.picks) <= picks
        assert ids(selection)[:2] == ["tea5", "tea4"][:picks]


@pytest.mark.parametrize("reason", ["disliked", "sold out", "disappointing", "variant", "unfit"])
def test_a_pinned_product_that_a_customer_should_not_get_is_left_out(reason: str) -> None:
    """The shop's wish does not outweigh a bad review, an empty shelf or what they have."""
    facts: dict[str, dict[str, object]] = {
        "sold out": {"in_stock": False},
        "disappointing": {"brand": "Acme"},
        "variant": {"parent_id": "one"},
        "unfit": {"name": "Clear Case for iPhone 13", "category": ("Kitchen", "Pantry", "Phone Cases")},
    }
    own = product("own", "own", TEA, brand="Acme", parent_id="one")
    pinned = product("pinned", "pinned", TEA).model_copy(update=facts.get(reason, {}))
    shop = shop_of(
        [*ALL, own, pinned],
        sentiments=[
            ProductSentiment(product_id="pinned", negative=9 * (reason == "disliked"), polarity=-0.9)
        ],
        shop=ShopRules(durable=NOTHING_DURABLE.durable, pinned=("pinned",)),
    )
    assert all("pinned" not in ids(selection) for selection in lists(shop, dislikes("own")))


def test_a_pinned_product_stays_first_after_a_disappointment() -> None:
    """Only what the shop has not pinned goes behind the others where something of its leaf was disliked."""
    pinned = ShopRules(durable=NOTHING_DURABLE.durable, pinned=("tea5", "hoses1"))
    for selection in lists(shop_of(ALL, shop=pinned), dislikes("tea0")):
        assert ids(selection)[:2] == ["tea5", "hoses1"]
