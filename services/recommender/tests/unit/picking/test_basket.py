"""Each of a merchandiser's rules by itself: which products may join those already picked."""

from decimal import Decimal

import pytest

from fondly.contracts.records import ProductSentiment
from fondly.recommender.domain.picking.basket import YIELDING, Basket, Rule
from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.rules import Rules
from fondly.recommender.domain.picking.shopper import Shopper
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
    shop = shop_of(ALL)
    basket = Basket(Candidates(Shopper(shop, owns("tea0"))))
    basket.add(shop.offers["mugs0"])
    assert not any(basket.takes(shop.offers[one], yielding=tuple(Rule)[8:]) for one in ("tea0", "mugs0"))


def test_nothing_of_a_family_that_they_returned_is_added() -> None:
    """Whatever yields; others get it."""
    products = [product(f"cup{size}", f"Cup, {size}", MUGS, parent_id="cup") for size in ("S", "L")]
    shop = shop_of([*ALL, *products])
    basket, others = (Basket(Candidates(Shopper(shop, (), returned=some))) for some in (["cupS"], []))
    offers = [shop.offers[one] for one in ("cupS", "cupL", "tea0")]
    assert [basket.takes(one, yielding=YIELDING) for one in offers] == [False, False, True]
    assert all(others.takes(one, yielding=YIELDING) for one in offers)


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


def test_a_brand_that_disappointed_is_not_offered_in_that_part_of_the_shop() -> None:
    """It is in another part, and so are other brands; products without a brand are not all of one."""
    products = [
        product("bad", "bad", TEA, brand="Acme"),
        product("tea", "tea", TEA, brand="ACME"),
        product("sugar", "sugar", ("Kitchen", "Pantry", "Sugar"), brand="acme"),
        product("other", "other", TEA, brand="Bolt"),
        product("mug", "mug", MUGS, brand="Acme"),
        product("plain", "plain", TEA),
        product("plainer", "plainer", TEA),
    ]
    shop = shop_of(products, shop=NOTHING_DURABLE)
    broken = {
        one for one in shop.offers if Rule.DISAPPOINTMENT in Filling(shop, dislikes("bad")).broken_by(one)
    }
    assert broken == {"bad", "tea", "sugar"}
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


@pytest.mark.parametrize(
    ("mugs", "broken"), [((90, 90, 90), {"dear"}), ((90, 300, 300), {"dear"}), ((90, 30, 30), set())]
)
def test_dearer_than_all_of_theirs_is_only_what_is_usual_for_its_kind(
    mugs: tuple[int, ...], broken: set[str]
) -> None:
    """By less than two thirds, unless they buy what is dear for its kind, as the owner of a dear mug does."""
    teas = {"tea": 100, "plain": 100, "simple": 100, "good": 160, "dear": 170}
    products = [
        *(product(f"mug{n}", f"mug{n}", MUGS, price=Decimal(price)) for n, price in enumerate(mugs)),
        *(product(one, one, TEA, price=Decimal(price)) for one, price in teas.items()),
    ]
    filling = Filling(shop_of(products, shop=NOTHING_DURABLE), owns("mug0"))
    assert {one for one in teas if Rule.PRICE in filling.broken_by(one)} == broken


def test_the_next_volume_may_be_rated_worse_than_others() -> None:
    """Who reads a series wants it all the same; anybody else does not."""
    fantasy = ("Books", "Fiction", "Fantasy")
    poor = {"rating": Decimal("2.5"), "rating_count": 90}
    products = [
        *shelf(fantasy, 4, rating=Decimal("4.5"), rating_count=90),
        *(product(f"volume{n}", f"Night {n} (The Vale, Book {n})", fantasy, **poor) for n in (1, 2, 3)),
    ]
    for owned, kept in (("volume1", {"volume3"}), ("fantasy0", {"volume1", "volume2", "volume3"})):
        filling = Filling(shop_of(products), owns(owned))
        offered = {f"volume{n}" for n in (1, 2, 3)} - {owned}
        assert {one for one in offered if Rule.RATING in filling.broken_by(one)} == kept


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


@pytest.mark.parametrize("count", [2, 3])
def test_where_customers_of_their_category_buy_as_well_is_no_new_part(count: int) -> None:
    """Three of them are enough, if chance would do less; nothing follows from what disappointed."""
    customers = [buyer(f"C{n}", f"tea{n}", f"lanterns{n}") for n in range(count)]
    apart = [buyer(f"D{n}", f"nuts{n % 6}", f"mugs{n % 6}") for n in range(30)]
    shop = shop_of(ALL, [*customers, *apart], shop=NOTHING_DURABLE)
    for opinions, is_new in ((owns("tea5"), count < 3), (dislikes("tea5"), True)):
        filling = Filling(shop, opinions)
        filling.add("hoses0")
        assert (Rule.NEW_PART in filling.broken_by("lanterns5")) is is_new


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
    assert filling.broken_by("three blue") == {Rule.OWNED, Rule.LEAF}


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
