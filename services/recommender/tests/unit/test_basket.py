"""Each of a merchandiser's rules by itself: which products may join those already picked."""

from decimal import Decimal

import pytest

from encore.contracts.records import ProductSentiment
from encore.recommender.domain.basket import Basket, Rule
from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shopper import Shopper
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

KNOWN_TO_ALL = [buyer(f"C{n}", "tea0", "tea1", *(f"mugs{m}" for m in range(4))) for n in range(30)]
"""Customers who buy tea again, and more of other things."""
READERS = [buyer(f"C{n}", *(f"tea{m}" for m in range(4))) for n in range(30)]
"""Customers who collect tea."""


def test_what_the_customer_or_the_basket_has_is_never_added() -> None:
    """No rule that yields brings it back."""
    shop = shop_of(ALL)
    basket = Basket(Candidates(Shopper(shop, owns("tea0"))))
    basket.add(shop.offers["mugs0"])
    assert not any(basket.takes(shop.offers[one], yielding=tuple(Rule)[7:]) for one in ("tea0", "mugs0"))


def test_a_leaf_has_one_pick_and_two_where_the_customer_buys_and_people_buy_again() -> None:
    """As many as the setting says."""
    for most in (1, 2, 3):
        shop = shop_of(ALL, KNOWN_TO_ALL, rules=Rules(max_per_leaf=most), shop=NOTHING_DURABLE)
        filling = Filling(shop, owns("tea0", "kettles0"))
        for n in range(1, most + 1):
            assert Rule.LEAF not in filling.broken_by(f"tea{n}")
            filling.add(f"tea{n}")
        assert Rule.LEAF in filling.broken_by("tea5")
        filling.add("mugs0")
        assert Rule.LEAF in filling.broken_by("mugs1")


def test_of_what_people_collect_a_list_has_as_much_as_their_products_have() -> None:
    """Nearly all picks for who has nothing else, and the usual two for who has most of other things."""
    for owned, most in ((["tea0", "tea1"], 5), (["tea0", *(f"nuts{n}" for n in range(6))], 2)):
        filling = Filling(shop_of(ALL, READERS, shop=NOTHING_DURABLE), owns(*owned))
        taken = [
            n
            for n in range(2, 6)
            if Rule.LEAF not in filling.broken_by(f"tea{n}") and not filling.add(f"tea{n}")
        ]
        assert len(taken) == min(most, 4)


def test_who_is_content_with_the_one_they_have_needs_no_other_of_what_is_not_bought_again() -> None:
    """Unlike who is not."""
    once = [buyer(f"C{n}", f"tea{n % 6}", f"mugs{n % 6}") for n in range(30)]
    for opinions, is_kept in ((owns("tea0"), True), (dislikes("tea0"), False)):
        filling = Filling(shop_of(ALL, once, shop=NOTHING_DURABLE), opinions)
        assert (Rule.REPLACEMENT in filling.broken_by("tea1")) is is_kept


def test_a_leaf_of_which_people_do_not_buy_again_has_one_pick() -> None:
    """Whatever the table says: fewer than three of twenty who bought more bought of it again."""
    once = [buyer(f"C{n}", f"tea{n % 6}", f"mugs{n % 6}") for n in range(30)]
    filling = Filling(shop_of(ALL, once, shop=NOTHING_DURABLE), dislikes("tea0"))
    filling.add("tea1")
    assert Rule.LEAF in filling.broken_by("tea2")
    few = Filling(shop_of(ALL, once[:10], shop=NOTHING_DURABLE), owns("tea0"))
    few.add("tea1")
    assert Rule.LEAF not in few.broken_by("tea2")


def test_products_without_a_category_are_of_no_leaf() -> None:
    """A catalogue without categories still makes lists without a rule that yields."""
    filling = Filling(shop_of([product(f"P{n}", f"thing{n}") for n in range(5)]))
    filling.add("P0", "P1", "P2", "P3")
    assert filling.broken_by("P4") == set()


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
    assert filling.broken_by(f"P{most}") == {Rule.BRAND}
    filling.add("P3", "P4")
    assert filling.broken_by("P5") == set()


def test_a_brand_that_disappointed_is_not_offered_in_that_leaf() -> None:
    """It is in another leaf, and so are other brands; products without a brand are not all of one."""
    products = [
        product("bad", "bad", TEA, brand="Acme"),
        product("tea", "tea", TEA, brand="ACME"),
        product("other", "other", TEA, brand="Bolt"),
        product("mug", "mug", MUGS, brand="Acme"),
        product("plain", "plain", TEA),
        product("plainer", "plainer", TEA),
    ]
    shop = shop_of(products, shop=NOTHING_DURABLE)
    broken = {
        one for one in shop.offers if Rule.DISAPPOINTMENT in Filling(shop, dislikes("bad")).broken_by(one)
    }
    assert broken == {"bad", "tea"}
    assert Rule.DISAPPOINTMENT not in Filling(shop, dislikes("plain")).broken_by("plainer")
    assert Filling(shop, likes("bad")).broken_by("tea") == set()


def test_poorly_rated_and_disliked_products_break_a_rule_each() -> None:
    """A dislike by reviewers weighs more than stars."""
    products = [
        *shelf(TEA, 3, rating=Decimal("4.5"), rating_count=90),
        product("poor", "poor", TEA, rating=Decimal("2.5"), rating_count=90),
        product("hated", "hated", MUGS),
        product("divided", "divided", MUGS),
    ]
    sentiments = [
        ProductSentiment(product_id="hated", negative=4, polarity=-0.7),
        ProductSentiment(product_id="divided", negative=4, positive=4, polarity=-0.1),
    ]
    filling = Filling(shop_of(products, sentiments=sentiments, shop=NOTHING_DURABLE))
    assert filling.broken_by("poor") == {Rule.RATING}
    assert filling.broken_by("hated") == {Rule.DISLIKED}
    assert filling.broken_by("divided") == set()


def test_prices_stay_near_what_the_customer_pays() -> None:
    """From a third of the lowest to three times the highest; somebody unknown pays anything."""
    prices = {"own": 90, "low": 30, "high": 270, "too low": 29, "too high": 271}
    products = [
        product(one, one, ("Food", "Dry", f"Sort {one}"), price=Decimal(price))
        for one, price in prices.items()
    ]
    filling = Filling(shop_of(products), owns("own"))
    assert {one for one in prices if Rule.PRICE in filling.broken_by(one)} == {"too low", "too high"}
    wide = Filling(shop_of(products, rules=Rules(price_factor=4)), owns("own"))
    assert not any(Rule.PRICE in wide.broken_by(one) for one in prices)
    assert Filling(shop_of(products)).broken_by("too high") == set()


def test_one_pick_may_be_from_a_new_part_of_the_shop() -> None:
    """What goes with something of the customer's is not new; none may be where the setting is 0."""
    filling = Filling(shop_of(ALL, shop=NOTHING_DURABLE), owns("tea0"))
    assert filling.broken_by("nuts0") == filling.broken_by("hoses0") == set()
    filling.add("nuts0")
    assert filling.broken_by("lanterns0") == filling.broken_by("hoses0") == {Rule.NEW_PART}
    assert filling.broken_by("tea1") == filling.broken_by("kettles0") == set()
    none = Filling(shop_of(ALL, rules=Rules(max_discoveries=0), shop=NOTHING_DURABLE), owns("tea0"))
    assert none.broken_by("nuts0") == {Rule.NEW_PART}


def test_a_customer_of_whom_nothing_is_known_may_get_anything() -> None:
    """Every part of the shop is new to them."""
    filling = Filling(shop_of(ALL, shop=NOTHING_DURABLE))
    filling.add("tea0", "mugs0", "hoses0")
    assert filling.broken_by("lanterns0") == set()


def test_what_customers_bought_with_the_customers_own_is_no_new_part() -> None:
    """Their purchases lead to that product; others of its category count like any discovery."""
    customers = [buyer(f"C{n}", "tea5", "hoses5", "lanterns5") for n in range(2)]
    apart = [buyer(f"D{n}", "nuts1", "mugs1") for n in range(20)]
    filling = Filling(shop_of(ALL, [*customers, *apart], shop=NOTHING_DURABLE), owns("tea5"))
    filling.add("nuts5")
    assert filling.broken_by("lanterns0") == {Rule.NEW_PART}
    assert filling.broken_by("lanterns5") == set()


def test_a_family_is_picked_once_and_not_what_its_owner_has() -> None:
    """Nor what the last emails held, nor a variant of it."""
    products = [
        product(f"{name} {colour}", f"{name} {colour}", TEA, parent_id=name)
        for name in ("one", "two", "three")
        for colour in ("red", "blue")
    ]
    filling = Filling(shop_of(products, shop=NOTHING_DURABLE), owns("one red"), emailed=["two red"])
    assert filling.broken_by("one blue") == {Rule.OWNED}
    assert filling.broken_by("two red") == filling.broken_by("two blue") == {Rule.REPEAT}
    filling.add("three red")
    assert filling.broken_by("three blue") == {Rule.OWNED}


def test_one_title_of_one_brand_is_one_product_under_two_parents() -> None:
    """A shop that lists a thing twice does not sell it twice to one customer."""
    products = [
        product("first", "Brass Lamp, warm", ("Home", "Lamps"), brand="Acme", parent_id="A"),
        product("second", "Brass Lamp, warm", ("Home", "Lamps"), brand="Acme", parent_id="B"),
        product("third", "Brass Lamp, warm", ("Home", "Lamps"), brand="Bolt", parent_id="C"),
    ]
    filling = Filling(shop_of(products), owns("first"))
    assert Rule.OWNED in filling.broken_by("second")
    assert Rule.OWNED not in filling.broken_by("third")


def test_every_rule_that_yielded_for_a_product_is_noted() -> None:
    """Not only the last one."""
    products = [
        product("own", "own", TEA, brand="Acme", price=Decimal(10)),
        product("far", "far", TEA, brand="Acme", price=Decimal(900)),
    ]
    shop = shop_of(products, shop=NOTHING_DURABLE)
    basket = Basket(Candidates(Shopper(shop, owns("own"), emailed=["far"])))
    basket.add(shop.offers["far"])
    [chosen] = basket.chosen
    assert set(chosen.yielded) == {Rule.PRICE, Rule.REPEAT}
