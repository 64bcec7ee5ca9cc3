"""What may join a basket when the customer owns something durable."""

from decimal import Decimal

from encore.recommender.domain.basket import Rule
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shop_rules import ShopRules
from services.recommender.tests.baskets import (
    ALL,
    DURABLE_KETTLES,
    HOSES,
    KETTLES,
    NOTHING_DURABLE,
    TEA,
    Filling,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import likes, owns, shelf, shop_of


def test_of_a_durable_thing_one_better_product_may_replace_the_owned_one() -> None:
    """Better rated or dearer than every one that the customer has; one replacement and no more."""
    facts = {"price": Decimal(100), "rating": Decimal("4.0")}
    kettles: dict[str, dict[str, Decimal | None]] = {
        "own": {},
        "same": {},
        "cheaper": {"price": Decimal(80)},
        "dearer": {"price": Decimal(120)},
        "praised": {"price": Decimal(80), "rating": Decimal("4.5")},
        "unrated": {"price": Decimal(100), "rating": None},
    }
    products = [product(one, one, KETTLES, **(facts | own)) for one, own in kettles.items()]
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
        assert filling.broken_by("mugs3") is Rule.LEAF
        assert Rule.COMPLEMENTS not in filling.all_broken_by("mugs3")


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
    assert Rule.PRICE not in filling.all_broken_by("tea")
    assert Rule.PRICE in filling.all_broken_by("hose")
    assert Rule.PRICE in filling.all_broken_by("rare")


def test_complements_may_be_outside_once_only_they_are_missing() -> None:
    """Before that, they count like any discovery."""
    rules = ShopRules(durable=DURABLE_KETTLES.durable, complements={"Kettles": ("Nuts",)})
    shop = shop_of(ALL, rules=Rules(max_discoveries=0), shop=rules)
    filling = Filling(shop, owns("kettles0", "lanterns0"))
    assert filling.broken_by("nuts0") is Rule.NEW_ROOT
    filling.add("lanterns1", "lanterns2", "lanterns3")
    assert filling.broken_by("nuts0") is None
    filling.add("nuts0")
    assert filling.broken_by("nuts1") is None
    assert filling.broken_by("hoses1") is Rule.NEW_PART
