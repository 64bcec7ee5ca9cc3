"""Who somebody buys for decides what they are offered, and in which size."""

from dataclasses import replace

import pytest

from fondly.contracts.records import Product
from fondly.recommender.domain.history.preferences import Preference
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.candidates import Candidates
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.shop.taxonomy import Category
from services.recommender.tests.baskets import Filling
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import ids, likes, owns, shop_of

BLOUSES, SHIRTS = ("Fashion", "Women", "Blouses"), ("Fashion", "Men", "Shirts")
GIRLS, ROMPERS = ("Fashion", "Girls", "Dresses"), ("Fashion", "Baby", "Rompers")
MUGS, COATS = ("Home", "Kitchen", "Mugs"), ("Fashion", "Women", "Coats")
NAMES = ("amber", "brisk", "cobalt", "dapper")


def things(leaf: Category) -> list[Product]:
    """Four unlike products of a leaf, called after it."""
    return [product(f"{leaf[-1]}{n}", f"{name}{n} {leaf[-1]}", leaf) for n, name in enumerate(NAMES)]


SHOP = shop_of([one for leaf in (BLOUSES, SHIRTS, GIRLS, ROMPERS, MUGS) for one in things(leaf)])


@pytest.mark.parametrize(
    ("owned", "never", "late"),
    [
        (["Blouses0"], {"Shirts1", "Dresses1", "Rompers1"}, set()),
        (["Shirts0"], {"Blouses1", "Dresses1", "Rompers1"}, set()),
        (["Dresses0"], {"Blouses1", "Shirts1", "Rompers1"}, set()),
        (["Rompers0"], {"Blouses1", "Shirts1", "Dresses1"}, set()),
        (["Blouses0", "Shirts0"], {"Dresses1", "Rompers1"}, set()),
        (["Mugs0"], {"Rompers1"}, {"Blouses1", "Shirts1", "Dresses1"}),
        ([], set(), set()),
    ],
)
def test_nothing_is_for_somebody_else_than_what_the_customer_has(
    owned: list[str], never: set[str], late: set[str]
) -> None:
    """Of whom only mugs are known, clothes wait until nothing else is left; they have no baby."""
    filling = Filling(SHOP, owns(*owned))
    offered = [f"{leaf[-1]}1" for leaf in (BLOUSES, SHIRTS, GIRLS, ROMPERS, MUGS)]
    broken = {one: filling.broken_by(one) for one in offered}
    assert {one for one, rules in broken.items() if Rule.AUDIENCE in rules} == never
    assert {one for one, rules in broken.items() if Rule.UNKNOWN_AUDIENCE in rules} - never == late
    picked = ids(pick(Shopper(SHOP, owns(*owned))))
    assert len(picked) >= 3
    assert never.isdisjoint(picked)


def coat(number: int, name: str, *sizes: str) -> list[Product]:
    """A coat in these sizes, however well each sells."""
    return [
        product(
            f"coat{number}-{size}",
            f"{name} Wool Coat",
            COATS,
            parent_id=f"coat{number}",
            variant=f"Black, {size}",
            rating_count=900 - place,
        )
        for place, size in enumerate(sizes)
    ]


WARDROBE = shop_of(
    [
        *coat(0, "Amber", "S", "M", "L"),
        *coat(1, "Brisk", "S", "M", "L"),
        *coat(2, "Cobalt", "L", "XL"),
        *coat(3, "Dapper", "36", "40", "44"),
        product("scarf", "Ember Scarf", ("Fashion", "Women", "Scarves")),
    ]
)


def considered(preferences: list[Preference]) -> set[str]:
    """The coats that are considered for a customer."""
    return {one.product_id for one in Candidates(Shopper(WARDROBE, preferences)).offers(COATS)}


@pytest.mark.parametrize(("size", "compared"), [("S", {"coat3-36"}), ("M", set()), ("L", {"coat3-40"})])
def test_a_garment_is_offered_in_the_size_that_the_customer_wears(size: str, compared: set[str]) -> None:
    """Or in one of another system that is near it; a model that has not theirs is left out."""
    larger = {"coat2-L"} if size == "L" else set()
    assert considered(likes(f"coat0-{size}")) - {f"coat0-{size}"} == {f"coat1-{size}", *compared, *larger}


def bought(**sizes: int) -> list[Preference]:
    """A customer who has the first coat or the dress in these sizes, each bought on this day."""
    return [Preference(product_id=one.replace("_", "-"), timestamp=day) for one, day in sizes.items()]


@pytest.mark.parametrize(
    ("preferences", "size"),
    [
        (bought(coat0_S=1, coat0_L=2), "L"),
        (bought(coat0_L=1, coat0_S=2), "S"),
        (bought(dress_M=9, coat0_S=1), "S"),
        (bought(shirt_S=9, dress_M=1), "M"),
        (bought(shirt_S=9), "S"),
    ],
)
def test_a_size_is_that_of_the_latest_purchase_of_the_nearest_category(
    preferences: list[Preference], size: str
) -> None:
    """People change, and a coat is worn wider than a shirt."""
    products = [
        *WARDROBE.catalogue.products.values(),
        product("dress-M", "Fjord Dress", ("Fashion", "Women", "Dresses"), variant="M"),
        product("shirt-S", "Hazel Women's Shirt", ("Fashion", "Shirts"), variant="S"),
    ]
    found = Candidates(Shopper(shop_of(products), preferences)).offers(COATS)
    assert [one.product_id for one in found if one.product_id.startswith("coat1-")] == [f"coat1-{size}"]


@pytest.mark.parametrize(
    ("owned", "unknown"),
    [
        (["coat0-M"], {"shoe"}),
        (["scarf"], {"shoe", "coat1-L", "coat3-40"}),
        (["coat3-40"], {"shoe"}),
        (["british shoe"], {"coat1-L", "coat3-40"}),
        ([], set()),
    ],
)
def test_a_size_of_which_nothing_of_theirs_tells_is_offered_last(owned: list[str], unknown: set[str]) -> None:
    """Sizes of other systems compare where they are for the same, as those of clothes are."""
    shoes = [
        product(one, name, ("Fashion", "Women", "Shoes"), variant=size)
        for one, name, size in (("shoe", "Iris Boot", "40"), ("british shoe", "Koi Boot", "UK 6"))
    ]
    filling = Filling(shop_of([*WARDROBE.catalogue.products.values(), *shoes]), owns(*owned))
    offered = {"shoe", "coat1-L", "coat3-40", "scarf"}
    assert {one for one in offered if Rule.UNKNOWN_SIZE in filling.broken_by(one)} == unknown


def test_whose_size_is_unknown_is_offered_every_model() -> None:
    """In one size each."""
    for preferences in (owns("scarf"), []):
        models = [one.partition("-")[0] for one in considered(preferences)]
        assert sorted(models) == ["coat0", "coat1", "coat2", "coat3"]


def test_no_list_has_another_size_than_the_customers() -> None:
    """Not even if the ranking has."""
    for customer in range(20):
        shopper = Shopper(WARDROBE, owns("coat0-M"), ["coat1-L", "coat2-XL"], f"C{customer}")
        picked = ids(pick(shopper))
        assert "coat1-M" in picked
        assert not {"coat1-L", "coat1-S", "coat2-L", "coat2-XL"} & set(picked)


def test_whom_clothes_are_for_is_a_rule_that_can_be_switched_off() -> None:
    """To measure what it is worth."""
    without = replace(SHOP, without=frozenset({Rule.AUDIENCE, Rule.UNKNOWN_AUDIENCE}))
    ranked = ["Shirts1", "Shirts2"]
    assert "Shirts1" not in ids(pick(Shopper(SHOP, owns("Blouses0"), ranked)))
    assert "Shirts1" in ids(pick(Shopper(without, owns("Blouses0"), ranked)))
