"""Each of a merchandiser's rules by itself: which products may join those already picked."""

from decimal import Decimal

import pytest

from encore.contracts.records import ProductSentiment
from encore.recommender.domain.basket import UNBROKEN, Rule
from encore.recommender.domain.rules import Rules
from services.recommender.tests.baskets import (
    ALL,
    HOSES,
    KETTLES,
    LANTERNS,
    MUGS,
    NOTHING_DURABLE,
    NUTS,
    TEA,
    Filling,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import buyer, dislikes, likes, owns, shelf, shop_of


def test_what_the_customer_or_the_basket_has_is_never_added() -> None:
    """No rule that yields brings it back."""
    filling = Filling(shop_of(ALL), owns("tea0"))
    filling.add("mugs0")
    costs = [
        filling.basket.cost(offer)
        for offer in shop_of(ALL).offers.values()
        if offer.product_id in {"tea0", "mugs0"}
    ]
    assert costs == [None, None]


def test_a_cost_that_is_no_improvement_is_not_told() -> None:
    """Only offers for which fewer rules yield than for the best one so far are of interest."""
    shop = shop_of(ALL, shop=NOTHING_DURABLE)
    filling = Filling(shop, emailed=["tea0"])
    cost = filling.basket.cost(shop.offers["tea0"])
    assert cost is not None
    assert cost > UNBROKEN
    assert filling.basket.cost(shop.offers["tea0"], below=cost) is None
    assert filling.basket.cost(shop.offers["tea0"], below=cost + 1) == cost
    assert filling.basket.cost(shop.offers["tea1"], below=1) == UNBROKEN


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_leaf_has_a_most_of_picks(most: int) -> None:
    """As many as the setting says."""
    filling = Filling(shop_of(ALL, rules=Rules(max_per_leaf=most), shop=NOTHING_DURABLE))
    for n in range(most):
        assert filling.broken_by(f"tea{n}") is None
        filling.add(f"tea{n}")
    assert filling.broken_by("tea5") is Rule.LEAF
    assert filling.broken_by("mugs0") is None


def test_products_without_a_category_are_of_no_leaf() -> None:
    """A catalogue without categories still makes lists of five without a rule that yields."""
    filling = Filling(shop_of([product(f"P{n}", f"thing{n}") for n in range(5)]))
    filling.add("P0", "P1", "P2", "P3")
    assert filling.broken_by("P4") is None


@pytest.mark.parametrize("most", [1, 2])
def test_a_brand_has_a_most_of_picks_however_it_is_spelt(most: int) -> None:
    """Unknown brands are not one brand."""
    brands = ("Jay-Bee", "JAYBEE", "jay bee", None, None, None)
    leaves = (TEA, MUGS, KETTLES, HOSES, LANTERNS, NUTS)
    products = [
        product(f"P{n}", f"the thing{n}", leaf, brand=brand)
        for n, (brand, leaf) in enumerate(zip(brands, leaves, strict=True))
    ]
    filling = Filling(shop_of(products, rules=Rules(max_per_brand=most), shop=NOTHING_DURABLE))
    filling.add(*(f"P{n}" for n in range(most)))
    assert filling.broken_by(f"P{most}") is Rule.BRAND
    filling.add("P3", "P4")
    assert filling.broken_by("P5") is None


def test_a_brand_that_disappointed_is_not_offered_in_that_leaf() -> None:
    """It is in another leaf, and so are other brands."""
    products = [
        product("bad", "bad", TEA, brand="Acme"),
        product("tea", "tea", TEA, brand="ACME"),
        product("other", "other", TEA, brand="Bolt"),
        product("mug", "mug", MUGS, brand="Acme"),
    ]
    filling = Filling(shop_of(products, shop=NOTHING_DURABLE), dislikes("bad"))
    assert filling.broken_by("tea") is Rule.DISAPPOINTMENT
    assert filling.broken_by("other") is None
    assert filling.broken_by("mug") is None
    assert Filling(shop_of(products, shop=NOTHING_DURABLE), likes("bad")).broken_by("tea") is None


def test_poorly_rated_and_disliked_products_break_a_rule_each() -> None:
    """A dislike by reviewers weighs more than stars."""
    products = [
        *shelf(TEA, 3, rating=Decimal("4.5"), rating_count=90),
        product("poor", "poor", TEA, rating=Decimal("2.5"), rating_count=90),
        product("hated", "hated", MUGS),
    ]
    sentiments = [ProductSentiment(product_id="hated", negative=4, polarity=-0.7)]
    filling = Filling(shop_of(products, sentiments=sentiments, shop=NOTHING_DURABLE))
    assert filling.broken_by("poor") is Rule.RATING
    assert filling.broken_by("hated") is Rule.DISLIKED


def test_prices_stay_near_what_the_customer_pays_but_for_one() -> None:
    """From a third of the lowest to three times the highest; the exception from a ninth to nine times."""
    prices = {"own": 90, "low": 30, "high": 270, "too low": 29, "too high": 271, "far too high": 900}
    products = [
        product(one, one, ("Food", "Dry", f"Sort {one}"), price=Decimal(price))
        for one, price in prices.items()
    ]
    filling = Filling(shop_of(products), owns("own"))
    assert {filling.broken_by(one) for one in prices if one not in {"own", "far too high"}} == {None}
    assert filling.broken_by("far too high") is Rule.PRICE
    filling.add("too low")
    assert filling.broken_by("low") is None
    assert filling.broken_by("high") is None
    assert filling.broken_by("too high") is Rule.PRICE
    none = Filling(shop_of(products, rules=Rules(max_price_exceptions=0)), owns("own"))
    assert none.broken_by("too low") is none.broken_by("too high") is Rule.PRICE
    assert Filling(shop_of(products, rules=Rules(max_price_exceptions=0))).broken_by("too high") is None


def test_one_pick_may_be_from_a_new_part_of_the_shop() -> None:
    """In a known root or in a new one; none where the setting is 0."""
    shop = shop_of(ALL, shop=NOTHING_DURABLE)
    filling = Filling(shop, owns("tea0"))
    assert filling.broken_by("mugs0") is filling.broken_by("hoses0") is None
    filling.add("mugs0")
    assert filling.broken_by("kettles0") is Rule.NEW_PART
    assert filling.broken_by("mugs1") is Rule.NEW_PART
    assert filling.broken_by("tea1") is None
    filling.add("hoses0")
    assert filling.broken_by("lanterns0") is Rule.NEW_ROOT
    none = Filling(shop_of(ALL, rules=Rules(max_discoveries=0), shop=NOTHING_DURABLE), owns("tea0"))
    assert none.broken_by("mugs0") is Rule.NEW_PART
    assert none.broken_by("hoses0") is Rule.NEW_ROOT


def test_a_customer_of_whom_nothing_is_known_may_get_anything() -> None:
    """Every part of the shop is new to them."""
    filling = Filling(shop_of(ALL, shop=NOTHING_DURABLE))
    filling.add("tea0", "mugs0", "hoses0")
    assert filling.broken_by("lanterns0") is None


def test_what_customers_bought_with_the_customers_own_may_be_outside_twice() -> None:
    """Their purchases lead to that product; others of its category count like any discovery."""
    customers = [buyer(f"C{n}", "tea5", "hoses5", "lanterns5", "nuts5") for n in range(2)]
    filling = Filling(shop_of(ALL, customers, shop=NOTHING_DURABLE), owns("tea5"))
    filling.add("hoses5")
    assert filling.broken_by("lanterns0") is Rule.NEW_ROOT
    assert filling.broken_by("lanterns5") is None
    filling.add("lanterns5")
    assert filling.broken_by("nuts5") is Rule.NEW_ROOT


def test_a_family_is_picked_once_and_not_what_its_owner_has() -> None:
    """Nor what the last emails held, nor a variant of it."""
    products = [
        product(f"{name} {colour}", f"{name} {colour}", TEA, parent_id=name)
        for name in ("one", "two", "three")
        for colour in ("red", "blue")
    ]
    filling = Filling(shop_of(products, shop=NOTHING_DURABLE), owns("one red"), emailed=["two red"])
    assert filling.broken_by("one blue") is Rule.FAMILY
    assert filling.broken_by("two red") is filling.broken_by("two blue") is Rule.REPEAT
    filling.add("three red")
    assert filling.broken_by("three blue") is Rule.FAMILY


def test_every_rule_that_a_product_breaks_is_noted() -> None:
    """Not only the last one to yield."""
    products = [
        product("own", "own", TEA, brand="Acme", price=Decimal(10)),
        product("bad", "bad", TEA, brand="Acme", price=Decimal(900)),
    ]
    rules = Rules(max_price_exceptions=0)
    filling = Filling(shop_of(products, rules=rules, shop=NOTHING_DURABLE), dislikes("own"), emailed=["bad"])
    assert set(filling.all_broken_by("bad")) == {Rule.PRICE, Rule.REPEAT, Rule.DISAPPOINTMENT}


def test_after_a_bad_review_only_a_known_brand_is_kept_out() -> None:
    """Products without a brand are not all of the one that let the customer down."""
    products = [
        *(product(f"acme {n}", f"acme {n}", TEA, brand="Acme") for n in range(2)),
        *(product(f"plain {n}", f"plain {n}", TEA) for n in range(2)),
    ]
    shop = shop_of(products, shop=NOTHING_DURABLE)
    assert Filling(shop, dislikes("acme 0")).broken_by("acme 1") is Rule.DISAPPOINTMENT
    assert Filling(shop, dislikes("acme 0")).broken_by("plain 1") is None
    assert Filling(shop, dislikes("plain 0")).broken_by("plain 1") is None
