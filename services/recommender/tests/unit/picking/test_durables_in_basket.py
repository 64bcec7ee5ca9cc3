"""What may join a basket when the customer owns something durable."""

from decimal import Decimal

import pytest

from fondly.contracts.records import Product
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.basket import Rule
from services.recommender.tests.baskets import (
    ALL,
    DURABLE_KETTLES,
    HOSES,
    KETTLES,
    TEA,
    Filling,
)
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import dislikes, likes, owns, shelf, shop_of


def kettle(name: str, rating: str | None, count: int = 400) -> Product:
    """A kettle with these ratings."""
    return product(name, name, KETTLES, rating=rating and Decimal(rating), rating_count=count)


RATED = [
    kettle("own", "4.0"),
    kettle("same", "4.0"),
    kettle("hardly better", "4.1"),
    kettle("better", "4.2"),
    kettle("best", "4.8"),
    kettle("few say so", "4.8", 49),
    kettle("unrated", None),
]


def test_only_a_clearly_better_rated_one_replaces_a_durable_thing() -> None:
    """By two tenths of a star and fifty ratings; one replacement and no more."""
    filling = Filling(shop_of([*RATED, *ALL], shop=DURABLE_KETTLES), dislikes("own"))
    kept_out = {one.product_id for one in RATED if Rule.REPLACEMENT in filling.broken_by(one.product_id)}
    assert kept_out == {"own", "same", "hardly better", "few say so", "unrated"}
    filling.add("better")
    assert Rule.REPLACEMENT in filling.broken_by("best")
    assert Rule.REPLACEMENT not in filling.broken_by("tea0")


@pytest.mark.parametrize(
    ("preferences", "may_be_replaced"),
    [
        (dislikes("own"), True),
        ([Preference(product_id="own", value=0.3)], True),
        (likes("own"), False),
        (owns("own"), False),
        ([*dislikes("own"), *likes("same")], False),
        ([*dislikes("own"), *owns("same")], False),
        ([*dislikes("own"), *dislikes("same")], True),
    ],
)
def test_only_what_a_customer_is_not_content_with_is_replaced(
    preferences: list[Preference], *, may_be_replaced: bool
) -> None:
    """Of each thing of a kind they must have said so."""
    filling = Filling(shop_of([*RATED, *ALL], shop=DURABLE_KETTLES), preferences)
    assert (Rule.REPLACEMENT not in filling.broken_by("best")) is may_be_replaced


def test_kinds_of_one_durable_thing_are_replacements_of_each_other() -> None:
    """Another leaf for televisions does not make room for another television."""
    smart, plain = ("Electronics", "TVs", "SmartTelevisions"), ("Electronics", "TVs", "StandardTelevisions")
    filling = Filling(shop_of([*shelf(smart, 3), *shelf(plain, 3)]), owns("smarttelevisions0"))
    assert Rule.REPLACEMENT in filling.broken_by("standardtelevisions0")


KEYBOARDS, MICE, BOTH = (
    ("Electronics", "Computers", leaf) for leaf in ("Keyboards", "Mice", "Keyboards & Mice")
)
DESK = shop_of([*shelf(KEYBOARDS, 2), *shelf(MICE, 2), *shelf(BOTH, 2)])


@pytest.mark.parametrize(
    ("owned", "kept_out"),
    [
        ("keyboards0", {"keyboards1", "keyboards & mice1"}),
        ("mice0", {"mice1", "keyboards & mice1"}),
        ("keyboards & mice0", {"keyboards1", "mice1", "keyboards & mice1"}),
    ],
)
def test_a_thing_that_is_two_in_one_is_both(owned: str, kept_out: set[str]) -> None:
    """Its owner needs neither, who has one of both needs no such thing, and nor does a list."""
    offered = ("keyboards1", "mice1", "keyboards & mice1")
    filling = Filling(DESK, owns(owned))
    assert {one for one in offered if Rule.REPLACEMENT in filling.broken_by(one)} == kept_out
    filling = Filling(DESK)
    filling.add(owned)
    assert {one for one in offered if Rule.LEAF in filling.broken_by(one)} == kept_out


def test_a_replacement_is_not_joined_by_another_thing_that_it_is_as_well() -> None:
    """A keyboard with a mouse is no replacement for a keyboard where a mouse is picked."""
    stars = {"rating_count": 400, "rating": Decimal("4.8")}
    bad = product("bad", "bad", KEYBOARDS, rating=Decimal("3.9"), rating_count=400)
    filling = Filling(shop_of([bad, *shelf(MICE, 1, **stars), *shelf(BOTH, 1, **stars)]), dislikes("bad"))
    assert Rule.REPLACEMENT not in filling.broken_by("keyboards & mice0")
    filling.add("mice0")
    assert Rule.REPLACEMENT in filling.broken_by("keyboards & mice0")


def test_what_goes_with_something_of_theirs_may_cost_less_but_not_more() -> None:
    """A kettle's owner drinks tea that costs a tenth."""
    products = [
        product("kettle", "kettle", KETTLES, price=Decimal(1000)),
        product("tea", "tea", TEA, price=Decimal(10)),
        product("hose", "hose", HOSES, price=Decimal(10)),
        product("rare", "rare", TEA, price=Decimal(9000)),
    ]
    filling = Filling(shop_of(products, shop=DURABLE_KETTLES), owns("kettle"))
    assert {one for one in ("tea", "hose", "rare") if Rule.PRICE in filling.broken_by(one)} == {
        "hose",
        "rare",
    }
    assert Rule.PRICE in Filling(shop_of(products, shop=DURABLE_KETTLES), dislikes("kettle")).broken_by("tea")
