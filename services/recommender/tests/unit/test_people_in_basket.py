"""Who somebody buys for decides what they are offered, and in which size."""

from dataclasses import replace

import pytest

from encore.contracts.records import Product
from encore.recommender.domain.basket import Rule
from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.picks import pick
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.taxonomy import Category
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
        *coat(3, "Dapper", "44", "46"),
        product("scarf", "Ember Scarf", ("Fashion", "Women", "Scarves")),
    ]
)


def considered(preferences: list[Preference]) -> set[str]:
    """The coats that are considered for a customer."""
    return {one.product_id for one in Candidates(Shopper(WARDROBE, preferences)).offers(COATS)}


@pytest.mark.parametrize("size", ["S", "M"])
def test_a_garment_is_offered_in_the_size_that_the_customer_wears(size: str) -> None:
    """A model that has not that size is left out; one of another system of sizes says nothing about it."""
    assert considered(likes(f"coat0-{size}")) >= {f"coat1-{size}", "coat3-44"}
    assert not {one for one in considered(likes(f"coat0-{size}")) if one.startswith("coat2")}


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
