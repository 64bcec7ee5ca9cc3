"""Each of a merchandiser's rules by itself: which products may join those already picked."""

from collections.abc import Collection, Sequence
from decimal import Decimal

import pytest

from encore.contracts.records import ProductSentiment
from encore.recommender.domain.basket import RULES, UNBROKEN, Basket, Rule
from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.shopper import Shopper
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import buyer, dislikes, likes, owns, shelf, shop_of

TEA, MUGS, KETTLES = (
    ("Kitchen", "Pantry", "Tea"),
    ("Kitchen", "Table", "Mugs"),
    ("Kitchen", "Small", "Kettles"),
)
HOSES, LANTERNS, NUTS = ("Garden", "Water", "Hoses"), ("Garden", "Light", "Lanterns"), ("Food", "Dry", "Nuts")
ALL = [one for leaf in (TEA, MUGS, KETTLES, HOSES, LANTERNS, NUTS) for one in shelf(leaf, 6)]
NOTHING_DURABLE = ShopRules(
    durable=dict.fromkeys(("Tea", "Mugs", "Kettles", "Hoses", "Lanterns", "Nuts"), False)
)
DURABLE_KETTLES = ShopRules(
    durable={**NOTHING_DURABLE.durable, "Kettles": True}, complements={"Kettles": ("Tea", "Nuts")}
)


class Filling:
    """A basket that a test fills by product ids."""

    def __init__(
        self, shop: Shop, preferences: Sequence[Preference] = (), emailed: Collection[str] = ()
    ) -> None:
        shopper = Shopper(shop, preferences, (), emailed)
        self.basket = Basket(shopper, shop.rules, Candidates(shopper).completing)
        self._shop = shop

    def add(self, *product_ids: str) -> None:
        """Add products, whatever rules they break."""
        for product_id in product_ids:
            self.basket.add(self._shop.offers[product_id])

    def broken_by(self, product_id: str) -> Rule | None:
        """Return the last of the rules that would have to yield for a product, None if it keeps all."""
        cost = self.basket.cost(self._shop.offers[product_id])
        assert cost is not None
        return None if cost == UNBROKEN else RULES[cost - 1]


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
    assert cost == RULES.index(Rule.REPEAT) + 1
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


def test_of_a_durable_thing_one_better_product_may_replace_the_owned_one() -> None:
    """Better rated or dearer than every one that the customer has; one replacement and no more."""
    facts = {"category": KETTLES, "price": Decimal(100), "rating": Decimal("4.0")}
    kettles = {
        "own": {},
        "same": {},
        "cheaper": {"price": Decimal(80)},
        "dearer": {"price": Decimal(120)},
        "praised": {"price": Decimal(80), "rating": Decimal("4.5")},
        "unrated": {"price": Decimal(100), "rating": None},
    }
    products = [product(one, one, **{**facts, **own}) for one, own in kettles.items()]  # type: ignore[arg-type]
    shop = shop_of([*products, *ALL], rules=Rules(min_complements=0), shop=DURABLE_KETTLES)
    filling = Filling(shop, owns("own"))
    broken = {one for one in kettles if one != "own" and filling.broken_by(one) is Rule.REPLACEMENT}
    assert broken == {"same", "cheaper", "unrated"}
    filling.add("dearer")
    assert filling.broken_by("praised") is Rule.REPLACEMENT


def test_a_replacement_is_better_than_everything_owned() -> None:
    """Somebody with a dear kettle gets no offer that is better than their cheap one alone."""
    products = [
        product("cheap", "cheap", KETTLES, price=Decimal(50)),
        product("dear", "dear", KETTLES, price=Decimal(200)),
        product("middle", "middle", KETTLES, price=Decimal(100)),
    ]
    shop = shop_of([*products, *ALL], rules=Rules(min_complements=0), shop=DURABLE_KETTLES)
    assert Filling(shop, owns("cheap", "dear")).broken_by("middle") is Rule.REPLACEMENT
    assert Filling(shop, owns("cheap")).broken_by("middle") is None


def test_kinds_of_one_durable_thing_are_replacements_of_each_other() -> None:
    """Another leaf for televisions does not make room for another television."""
    smart, plain = ("Electronics", "TVs", "SmartTelevisions"), ("Electronics", "TVs", "StandardTelevisions")
    shop = shop_of([*shelf(smart, 3), *shelf(plain, 3)], rules=Rules(min_complements=0))
    assert Filling(shop, owns("smarttelevisions0")).broken_by("standardtelevisions0") is Rule.REPLACEMENT


def test_room_is_left_for_what_goes_with_a_durable_thing() -> None:
    """Three other products, then two complements."""
    filling = Filling(shop_of(ALL, shop=DURABLE_KETTLES), likes("kettles0", "hoses0", "lanterns0"))
    filling.add("hoses1", "lanterns1")
    assert filling.broken_by("hoses2") is None
    filling.add("hoses2")
    assert filling.broken_by("lanterns2") is Rule.COMPLEMENTS
    assert filling.broken_by("tea1") is None
    filling.add("tea1")
    assert filling.broken_by("lanterns2") is Rule.COMPLEMENTS
    filling.add("nuts1")
    assert filling.basket.is_full
    assert [one.yielded for one in filling.basket.chosen] == [()] * 5


def test_nothing_durable_needs_no_complements() -> None:
    """Neither does a shop that wants none."""
    for shop in (
        shop_of(ALL, shop=NOTHING_DURABLE),
        shop_of(ALL, rules=Rules(min_complements=0), shop=DURABLE_KETTLES),
    ):
        filling = Filling(shop, owns("kettles0", "mugs0"))
        filling.add("mugs1", "mugs2", "hoses0")
        assert filling.basket.cost(shop.offers["mugs3"]) == RULES.index(Rule.LEAF) + 1
        filling.add("mugs3")
        assert Rule.COMPLEMENTS not in filling.basket.chosen[-1].yielded


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
    """From a third of the lowest to three times the highest."""
    prices = {"own": 90, "low": 30, "high": 270, "too low": 29, "too high": 271, "far too high": 900}
    products = [
        product(one, one, ("Food", "Dry", f"Sort {one}"), price=Decimal(price))
        for one, price in prices.items()
    ]
    filling = Filling(shop_of(products), owns("own"))
    assert {filling.broken_by(one) for one in prices if one != "own"} == {None}
    filling.add("too low")
    assert filling.broken_by("low") is None
    assert filling.broken_by("high") is None
    assert filling.broken_by("too high") is Rule.PRICE
    none = Filling(shop_of(products, rules=Rules(max_price_exceptions=0)), owns("own"))
    assert none.broken_by("too low") is none.broken_by("too high") is Rule.PRICE
    assert Filling(shop_of(products, rules=Rules(max_price_exceptions=0))).broken_by("too high") is None


def test_what_goes_with_a_durable_thing_may_cost_less_but_not_more() -> None:
    """A kettle's owner drinks tea that costs a tenth."""
    products = [
        product("kettle", "kettle", KETTLES, price=Decimal(1000)),
        product("tea", "tea", TEA, price=Decimal(10)),
        product("hose", "hose", HOSES, price=Decimal(10)),
        product("rare", "rare", TEA, price=Decimal(9000)),
    ]
    filling = Filling(
        shop_of(products, rules=Rules(max_price_exceptions=0), shop=DURABLE_KETTLES), owns("kettle")
    )
    assert Rule.PRICE not in _yielded(filling, "tea")
    assert Rule.PRICE in _yielded(filling, "hose")
    assert Rule.PRICE in _yielded(filling, "rare")


def _yielded(filling: Filling, product_id: str) -> tuple[Rule, ...]:
    filling.add(product_id)
    return filling.basket.chosen[-1].yielded


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


def test_what_customers_buy_together_may_be_outside_twice() -> None:
    """Their purchases lead there; what a person wrote down counts like any discovery."""
    customers = [buyer(f"C{n}", "tea5", "hoses5", "lanterns5", "nuts5") for n in range(40)]
    learned = Filling(shop_of(ALL, customers, shop=NOTHING_DURABLE), owns("tea0"))
    learned.add("hoses0")
    assert learned.broken_by("lanterns0") is None
    learned.add("lanterns0")
    assert learned.broken_by("nuts0") is Rule.NEW_ROOT


def test_complements_that_are_missing_may_be_outside() -> None:
    """Until there are enough of them."""
    rules = ShopRules(durable=DURABLE_KETTLES.durable, complements={"Kettles": ("Nuts", "Hoses")})
    filling = Filling(shop_of(ALL, rules=Rules(max_discoveries=0), shop=rules), owns("kettles0"))
    filling.add("nuts0")
    assert filling.broken_by("hoses0") is None
    filling.add("hoses0")
    assert filling.broken_by("hoses1") is Rule.NEW_ROOT


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
    assert set(_yielded(filling, "bad")) == {Rule.PRICE, Rule.REPEAT, Rule.DISAPPOINTMENT}
