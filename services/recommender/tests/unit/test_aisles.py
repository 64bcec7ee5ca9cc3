"""Where a customer is likely to buy next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Customer
from encore.recommender.domain.aisles import KEPT, Aisles, common_levels
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.taxonomy import Category
from services.recommender.tests.shops import buyer

LEAVES: tuple[Category, ...] = (
    ("Kitchen", "Pantry", "Tea"),
    ("Kitchen", "Pantry", "Coffee"),
    ("Kitchen", "Table", "Mugs"),
    ("Garden", "Water", "Hoses"),
)
TEA, COFFEE, MUGS, HOSES = LEAVES
PATHS = st.lists(st.sampled_from("abc"), max_size=3).map(tuple)


def aisles(*customers: Customer, sizes: dict[Category, int] | None = None) -> Aisles:
    """The aisles of a shop; a product `tea-1` is of the leaf `Tea`, and each is its own family."""
    named = {leaf[-1].casefold(): leaf for leaf in LEAVES}
    bought = CoPurchases(family=str, category=lambda one: named[one.split("-")[0]])
    bought.add(customers)
    return Aisles.of(bought, dict.fromkeys(LEAVES, 10) if sizes is None else sizes)


def test_without_purchases_all_leaves_of_one_distance_are_equally_likely() -> None:
    """Near ones are more likely each, as there are fewer of them."""
    sizes: dict[Category, int] = {**dict.fromkeys(LEAVES, 10), ("Garden", "Light", "Lanterns"): 10}
    after = aisles(sizes=sizes).after(TEA)
    assert after[HOSES] == pytest.approx(after["Garden", "Light", "Lanterns"])
    assert after[COFFEE] > after[HOSES]


def test_customers_who_cross_the_shop_make_far_leaves_likelier() -> None:
    """How far customers go is learned from what they bought together."""
    far = [buyer(f"C{n}", "mugs-1", "hoses-1") for n in range(200)]
    near = [buyer(f"C{n}", "mugs-1", "tea-1") for n in range(200)]
    assert aisles(*far).after(TEA)[HOSES] > aisles(*near).after(TEA)[HOSES]
    assert aisles(*far).after(TEA)[MUGS] < aisles(*near).after(TEA)[MUGS]


def test_customers_who_buy_a_leaf_again_make_it_likelier() -> None:
    """The same leaf is a distance of its own."""
    again = [buyer(f"C{n}", "mugs-1", "mugs-2") for n in range(200)]
    assert aisles(*again).after(TEA)[TEA] > 2 * aisles().after(TEA)[TEA]


def test_a_few_customers_do_not_decide() -> None:
    """One purchase changes less than a few hundred do."""
    none, one, many = (
        aisles(*(buyer(f"C{n}", "mugs-1", "hoses-1") for n in range(count))).after(TEA)[HOSES]
        for count in (0, 1, 300)
    )
    assert none < one < (none + many) / 2


def test_of_leaves_at_one_distance_the_larger_is_likelier() -> None:
    """By its customers and products."""
    by_products = aisles(sizes={TEA: 5, MUGS: 5, COFFEE: 5, ("Kitchen", "Pantry", "Salt"): 50}).after(TEA)
    assert by_products["Kitchen", "Pantry", "Salt"] == pytest.approx(10 * by_products[COFFEE])
    by_customers = aisles(
        *(buyer(f"C{n}", "coffee-1") for n in range(90)),
        sizes={TEA: 10, COFFEE: 10, ("Kitchen", "Pantry", "Salt"): 10},
    ).after(TEA)
    assert by_customers[COFFEE] == pytest.approx(10 * by_customers["Kitchen", "Pantry", "Salt"])


def test_somebody_unknown_goes_where_most_do() -> None:
    """The shares of all leaves sum to one."""
    anywhere = aisles(sizes={TEA: 30, HOSES: 10, (): 500}).anywhere
    assert anywhere == {TEA: pytest.approx(0.75), HOSES: pytest.approx(0.25)}


def test_a_leaf_that_the_shop_no_longer_has_still_leads_somewhere() -> None:
    """To what it shares a path with, where customers stay near."""
    near = [buyer(f"C{n}", "coffee-1", "tea-1") for n in range(200)]
    after = aisles(*near).after(("Kitchen", "Pantry", "Spices"))
    assert after[TEA] > after[MUGS]
    assert after[TEA] > after[HOSES]


def test_only_the_likeliest_leaves_of_a_large_shop_are_kept() -> None:
    """Ties go by name, so the choice is the same each time."""
    sizes: dict[Category, int] = {("Root", f"{n:03}"): 1 for n in range(3 * KEPT)}
    after = aisles(sizes=sizes).after(("Root", "100"))
    assert set(after) == {("Root", "100")} | {("Root", f"{n:03}") for n in range(KEPT - 1)}


@given(st.dictionaries(PATHS.filter(bool), st.integers(1, 99), min_size=1, max_size=12), PATHS)
def test_likelihoods_are_shares_of_one(sizes: dict[Category, int], owned: Category) -> None:
    """Whatever the tree looks like, flat and uneven ones included."""
    after = aisles(sizes=sizes).after(owned)
    assert all(0 < share <= 1 for share in after.values())
    assert sum(after.values()) == pytest.approx(1)


@given(PATHS, PATHS)
def test_common_levels_are_those_from_the_top(one: Category, other: Category) -> None:
    """And no more."""
    shared = common_levels(one, other)
    assert one[:shared] == other[:shared]
    assert one[: shared + 1] != other[: shared + 1] or shared == min(len(one), len(other))
