"""The reasons that are about the shop rather than about what the customer has."""

from decimal import Decimal

import pytest

from fondly.contracts.records import Product, Reason, ReasonKind
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.taxonomy import Category
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import (
    DAY,
    NOW,
    buyer,
    likes,
    owns,
    reason_for,
    reasons_for,
    shelf,
    shop_of,
)

OWN, OTHER = ("Kitchen", "Small", "Own"), ("Garden", "Water", "Other")
PRODUCTS = [product("own", "first thing", OWN), product("pick", "second article", OTHER)]


@pytest.mark.parametrize(
    ("since", "is_new"), [(NOW, True), (NOW - 30 * DAY, True), (NOW - 30 * DAY - 1, False), (None, False)]
)
def test_a_product_is_new_for_thirty_days(since: int | None, *, is_new: bool) -> None:
    """From `available_from`, in a part where the customer buys; without a date nothing is known to be new."""
    products = [*PRODUCTS, product("new", "third item", (*OWN[:2], "Else"), available_from=since)]
    shop = shop_of(products)
    found = reason_for(shop, owns("own"), "new")
    assert (found == Reason(kind=ReasonKind.NEW, category=OWN[:2])) is is_new
    assert reason_for(shop, [], "new").kind is ReasonKind.ASSORTMENT
    assert reason_for(shop, owns("pick"), "new").kind is ReasonKind.ASSORTMENT


def counted(category: Category, *counts: int | None) -> list[Product]:
    """Products of one category with these numbers of ratings."""
    products = zip(shelf(category, len(counts)), counts, strict=True)
    return [one.model_copy(update={"rating_count": count}) for one, count in products]


def test_popular_states_the_rank_among_the_products_of_a_category() -> None:
    """By how many people rated them, as far down as the setting says."""
    products = counted(OWN, 80, 70, 60, 50, 40, 30, 20, 10)
    reasons = [reason_for(shop_of(products), [], f"own{n}") for n in range(8)]
    assert reasons[:2] == [
        Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=OWN, rank=rank, out_of=8) for rank in (1, 2)
    ]
    assert {one.kind for one in reasons[2:]} == {ReasonKind.ASSORTMENT}
    narrow = shop_of(products, rules=Rules(popular_share=0.1))
    assert reason_for(narrow, [], "own1").kind is ReasonKind.ASSORTMENT


def test_popular_is_said_of_the_narrowest_category_that_has_a_choice() -> None:
    """Being the first of three says nothing; then a wider category does, or the whole shop."""
    shop = shop_of([*counted(OWN, 9, 2, 1), *counted((*OWN[:2], "Near"), 3), *counted(OTHER, 8, 7, 6, 5)])
    reason = reason_for(shop, [], "own0")
    assert reason == Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=OWN[:2], rank=1, out_of=4)
    assert reason_for(shop, [], "other0").category == OTHER
    alone = shop_of([*counted(OWN, 9), *counted(OTHER, 1, 1, 1)])
    assert reason_for(alone, [], "own0") == Reason(kind=ReasonKind.POPULAR, rank=1, out_of=4)


def test_reviews_are_counted_where_the_shop_gives_no_number_of_ratings() -> None:
    """Those of this file."""
    shop = shop_of(counted(OWN, None, None, None, None), [buyer("C1", "own2"), buyer("C2", "own2", "own1")])
    reason = reason_for(shop, [], "own2")
    assert reason == Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=OWN, rank=1, out_of=4)
    assert reason_for(shop, [], "own1").kind is ReasonKind.ASSORTMENT


@pytest.mark.parametrize(
    ("rating", "count", "is_well_rated"),
    [("4.2", 10, True), ("4.1", 10, False), ("5.0", 9, False), ("5.0", None, False), (None, 99, False)],
)
def test_well_rated_needs_a_high_rating_from_enough_people(
    rating: str | None, count: int | None, *, is_well_rated: bool
) -> None:
    """Nothing is said of an unknown one."""
    stars = None if rating is None else Decimal(rating)
    shop = shop_of([product("pick", "pick", OWN, rating=stars, rating_count=count)])
    assert (reason_for(shop, []) == Reason(kind=ReasonKind.WELL_RATED)) is is_well_rated


def test_a_pinned_product_is_featured_whatever_else_is_true() -> None:
    """The shop says so itself."""
    shop = shop_of(PRODUCTS, shop=ShopRules(pinned=("pick",)))
    assert reason_for(shop, likes("own")) == Reason(kind=ReasonKind.FEATURED)


def test_a_kind_is_given_three_times_at_most_where_there_is_another() -> None:
    """Of the customer's own; the first picks keep the strongest one."""
    leaf = ("Home", "Lamps", "Desk")
    lamps = [
        one.model_copy(update={"name": f"{one.name} lamp of brass"})
        for one in counted(leaf, 1, 2, 3, 4, 9, 8)
    ]
    new = product("new", "bright lamp of brass", leaf, available_from=NOW, rating_count=1)
    others = [product(f"other{n}", f"other{n}", OTHER, rating_count=5) for n in range(20)]
    products = [*lamps, new, *others]
    shop, liked = shop_of(products), likes("desk0")
    plain = [one.kind for one in reasons_for(shop, liked, "desk1", "desk2", "desk3")]
    assert plain == [ReasonKind.LIKED] * 3
    mixed = [one.kind for one in reasons_for(shop, liked, "desk1", "desk2", "desk3", "new", "desk4")]
    assert mixed == [*[ReasonKind.LIKED] * 3, ReasonKind.NEW, ReasonKind.SAME_SHELF]
    assert [one.kind for one in reasons_for(shop, liked, "new")] == [ReasonKind.LIKED]
