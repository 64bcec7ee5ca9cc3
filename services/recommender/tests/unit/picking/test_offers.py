"""What a shop may offer at all, and what it should."""

from decimal import Decimal

import pytest

from fondly.contracts.records import Product, ProductSentiment
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.shop.merchandising import ShopRules
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import DAY, NOW, shelf, shop_of

TEA = ("Pantry", "Tea")


def rated(product_id: str, rating: str | None, count: int | None = 500) -> Product:
    """A tea with this average of so many ratings."""
    stars = None if rating is None else Decimal(rating)
    return product(product_id, product_id, TEA, rating=stars, rating_count=count)


@pytest.mark.parametrize(
    ("facts", "is_offered"),
    [
        ({}, True),
        ({"in_stock": True}, True),
        ({"in_stock": False}, False),
        ({"available_from": NOW}, True),
        ({"available_from": NOW + 1}, False),
        ({"available_from": NOW - DAY, "in_stock": False}, False),
    ],
)
def test_only_what_is_sold_now_is_offered(facts: dict[str, object], *, is_offered: bool) -> None:
    """An unknown stock counts as in stock, an unknown date as long ago."""
    assert ("tea0" in shop_of(shelf(TEA, 1, **facts)).offers) is is_offered


@pytest.mark.parametrize(
    "rules",
    [
        ShopRules(excluded_products=frozenset({"bad"})),
        ShopRules(excluded_brands=frozenset({"TP Link"})),
        ShopRules(excluded_brands=frozenset({"Other", "tp-link"})),
        ShopRules(excluded_categories=("smart televisions",)),
        ShopRules(excluded_categories=("Smart TVs",)),
        ShopRules(excluded_categories=("ELECTRONICS",)),
        ShopRules(excluded_categories=("Gifts",)),
    ],
)
def test_an_excluded_product_is_not_offered(rules: ShopRules) -> None:
    """By its id, its brand however it is spelt, or the words of any level of any of its categories."""
    products = [
        product(
            "bad",
            "bad",
            ("Electronics", "SmartTelevisions"),
            brand="TP-Link",
            other_categories=(("Sale", "Gifts", "For Him"),),
        ),
        product("good", "good", ("Computers", "Smart Watches"), brand="Link"),
    ]
    assert set(shop_of(products, shop=rules).offers) == {"good"}


def test_a_brand_that_only_the_name_states_is_excluded_too() -> None:
    """A shop without a column for brands can exclude one all the same."""
    products = [
        product("cable", "Acme braided cable", ("Cables",)),
        product("lamp", "ACME reading lamp", ("Lamps",)),
        product("hose", "Bolt garden hose, not by acme", ("Hoses",)),
    ]
    assert set(shop_of(products, shop=ShopRules(excluded_brands=frozenset({"acme"}))).offers) == {"hose"}


def test_the_floor_of_ratings_holds_where_enough_products_reach_it() -> None:
    """It takes a good average, and enough ratings for it to count."""
    good = [rated(f"good{n}", "4.0") for n in range(3)]
    low, few, unknown = rated("low", "3.7"), rated("few", "5.0", 9), rated("unknown", None)
    offers = shop_of([*good, low, few, unknown]).offers
    assert {one for one, offer in offers.items() if offer.is_well_rated} == {"good0", "good1", "good2"}
    offers = shop_of([*good[:2], low, few, unknown]).offers
    assert all(offer.is_well_rated for offer in offers.values())


def test_half_of_a_category_has_enough_ratings_however_few_they_are() -> None:
    """A shop whose products have three ratings each can tell the good from the bad all the same."""
    good = [rated(f"good{n}", "4.0", 3) for n in range(4)]
    few, low = rated("few", "5.0", 1), rated("low", "3.7", 4)
    offers = shop_of([*good, few, low]).offers
    assert {one for one, offer in offers.items() if not offer.is_well_rated} == {"few", "low"}


def test_products_that_are_not_offered_are_no_reason_for_the_floor() -> None:
    """A category whose well rated products are sold out has to offer the others."""
    gone = [
        one.model_copy(update={"in_stock": False}) for one in (rated(f"gone{n}", "5.0") for n in range(3))
    ]
    assert shop_of([*gone, rated("low", "3.6")]).offers["low"].is_well_rated


@pytest.mark.parametrize(
    ("stars", "count", "is_well_rated"),
    [("3.6", 10, True), ("3.5", 10, False), ("3.5", 9, True), ("3.5", None, True)],
)
def test_what_enough_people_rate_very_badly_is_for_nobody(
    stars: str, count: int | None, *, is_well_rated: bool
) -> None:
    """More than .2 stars below the floor, however small the choice."""
    assert shop_of([rated("low", stars, count)]).offers["low"].is_well_rated is is_well_rated


def test_the_floor_is_a_setting() -> None:
    """Stars and number of ratings."""
    products = [rated(f"tea{n}", "4.0", 20) for n in range(3)] + [rated("low", "3.0", 20)]
    lower = shop_of(products, rules=Rules(min_rating=3.0)).offers
    assert lower["low"].is_well_rated
    fewer = shop_of([*products, rated("few", "4.5", 5)], rules=Rules(min_ratings=5)).offers
    assert fewer["few"].is_well_rated
    assert not fewer["low"].is_well_rated


def test_without_numbers_of_ratings_the_average_counts() -> None:
    """A shop that states only averages has a floor as well."""
    products = [rated(f"tea{n}", "4.5", None) for n in range(3)] + [rated("low", "3.0", None)]
    assert not shop_of(products).offers["low"].is_well_rated


def test_what_its_buyers_dislike_is_known() -> None:
    """From their scored reviews, not from its stars."""
    sentiments = [ProductSentiment(product_id="tea0", negative=5, polarity=-0.5)]
    offers = shop_of(shelf(TEA, 2), sentiments=sentiments).offers
    assert (offers["tea0"].is_disliked, offers["tea1"].is_disliked) == (True, False)


def test_an_offer_knows_what_the_rules_look_at() -> None:
    """Its part of the shop, brand, family and what durable thing it is."""
    path = ("Electronics", "Audio", "Speakers")
    products = [
        product("red", "Boom red", path, brand="Jay-Bee", parent_id="boom", price=Decimal(70)),
        product("blue", "Boom blue", path, brand="Jay-Bee", parent_id="boom"),
    ]
    offers = shop_of(products, shop=ShopRules(durable={"Speakers": True})).offers
    red, blue = offers["red"], offers["blue"]
    assert (red.part, red.leaf) == (path[:2], path)
    assert (red.brand, red.price) == ("jaybee", Decimal(70))
    assert red.kinds == {"speaker"}
    assert red.labels & blue.labels
