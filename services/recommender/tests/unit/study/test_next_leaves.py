"""From which categories customers buy next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Customer
from fondly.recommender.domain.shop.durables import Durables
from fondly.recommender.domain.shop.taxonomy import Category
from fondly.recommender.domain.study.co_purchases import CoPurchases
from fondly.recommender.domain.study.next_leaves import KEPT, NextLeaves
from services.recommender.tests.shops import buyer

LEAVES: tuple[Category, ...] = (
    ("Kitchen", "Pantry", "Tea"),
    ("Kitchen", "Pantry", "Coffee"),
    ("Kitchen", "Table", "Mugs"),
    ("Garden", "Water", "Hoses"),
    ("Kitchen", "Small", "Kettles"),
)
TEA, COFFEE, MUGS, HOSES, KETTLES = LEAVES
PATHS = st.lists(st.sampled_from("abc"), max_size=3).map(tuple)
SIZES = st.dictionaries(PATHS, st.integers(1, 99), min_size=1, max_size=12)


def next_leaves(*customers: Customer, sizes: dict[Category, int] | None = None) -> NextLeaves:
    """What comes next in a shop; a product `tea-1` is of the leaf `Tea`, and each is its own family."""
    named = {leaf[-1].casefold(): leaf for leaf in LEAVES}
    bought = CoPurchases(family=str, category=lambda one: named[one.split("-")[0]])
    bought.add(customers)
    return NextLeaves(bought, dict.fromkeys(LEAVES, 10) if sizes is None else sizes, Durables())


def test_without_purchases_near_categories_are_likelier() -> None:
    """The same one first, then those of its parent, of its part, of its root, and all others."""
    sizes: dict[Category, int] = {**dict.fromkeys(LEAVES, 10), ("Garden", "Light", "Lanterns"): 10}
    after = next_leaves(sizes=sizes).after(TEA)
    assert after[TEA] > after[COFFEE] > after[MUGS] > after[HOSES] > 0
    assert after[HOSES] == pytest.approx(after["Garden", "Light", "Lanterns"])


def test_what_customers_bought_outweighs_the_guess() -> None:
    """Many of them, not one."""
    none, one, many = (
        next_leaves(*(buyer(f"C{n}", "tea-1", "hoses-1") for n in range(count))).after(TEA)
        for count in (0, 1, 300)
    )
    assert none[HOSES] < one[HOSES] < none[COFFEE]
    assert many[HOSES] > 0.9 > many[COFFEE]


def test_customers_of_other_categories_say_nothing() -> None:
    """Who crosses the shop from mugs does not from tea."""
    crossing = next_leaves(*(buyer(f"C{n}", "mugs-1", "hoses-1") for n in range(200)))
    assert crossing.after(MUGS)[HOSES] > 0.9
    assert crossing.after(TEA)[HOSES] < 0.5


def test_a_category_of_which_people_buy_again_comes_next_itself() -> None:
    """A durable one does not, unless they do."""
    again = next_leaves(*(buyer(f"C{n}", "tea-1", "tea-2") for n in range(200)))
    assert again.after(TEA)[TEA] > 0.9
    assert next_leaves().after(KETTLES)[KETTLES] == 0


def test_people_collect_that_of_which_they_have_much_besides() -> None:
    """Where there are few customers, the part of the shop tells as well; never all is of one category."""
    collected = next_leaves(*(buyer(f"C{n}", "tea-1", "tea-2", "tea-3", "hoses-1") for n in range(90)))
    assert collected.again(TEA) == pytest.approx(2 / 3, abs=0.02)
    assert collected.again(HOSES) == 0
    assert collected.again(COFFEE) == pytest.approx(2 / 3)
    only = next_leaves(*(buyer(f"C{n}", "tea-1", "tea-2") for n in range(900)))
    assert only.again(TEA) == 0.9
    assert next_leaves().again(TEA) == 0


def test_titles_are_collected_as_is_usual_in_their_department() -> None:
    """Nobody has two of the shop's few histories; many have several novels."""
    history, novels = ("Books", "History"), ("Books", "Novels")
    bought = CoPurchases(family=str, category=lambda one: novels if one.startswith("novel") else history)
    bought.add(buyer(f"C{n}", f"history-{n % 3}", "novel-1", "novel-2", "novel-3") for n in range(300))
    found = NextLeaves(bought, {history: 3, novels: 9}, Durables())
    assert found.again(history) == pytest.approx(300 * 2 / (300 * 6), abs=0.01)


def test_of_categories_as_near_the_larger_is_likelier() -> None:
    """By its customers and products."""
    salt = ("Kitchen", "Pantry", "Salt")
    by_products = next_leaves(sizes={TEA: 5, MUGS: 5, COFFEE: 5, salt: 50}).after(TEA)
    assert by_products[salt] > by_products[COFFEE]
    drinkers = [buyer(f"C{n}", "coffee-1") for n in range(90)]
    by_customers = next_leaves(*drinkers, sizes={TEA: 10, COFFEE: 10, salt: 10}).after(TEA)
    assert by_customers[COFFEE] > by_customers[salt]


def test_what_is_for_other_people_is_no_guess() -> None:
    """Who buys for a woman is not guessed to buy for a man; who does buy for both is counted."""
    women, men, all_of_them = ("Women", "Shirts"), ("Men", "Shirts"), ("Home", "Towels")
    after = next_leaves(sizes=dict.fromkeys((women, men, all_of_them), 10)).after(women)
    assert after[men] == 0 < after[all_of_them]


def test_somebody_unknown_goes_where_most_do() -> None:
    """The shares of all leaves sum to one."""
    anywhere = next_leaves(sizes={TEA: 30, HOSES: 10, (): 500}).anywhere
    assert anywhere.keys() >= {TEA, HOSES}
    assert anywhere[TEA] > anywhere[HOSES]
    assert sum(anywhere.values()) == pytest.approx(1)


def test_a_category_that_the_shop_no_longer_has_still_leads_somewhere() -> None:
    """To what it shares a path with."""
    after = next_leaves().after(("Kitchen", "Pantry", "Spices"))
    assert after[TEA] == pytest.approx(after[COFFEE])
    assert after[TEA] > after[MUGS] > after[HOSES]


def test_only_the_likeliest_leaves_of_a_large_shop_are_kept() -> None:
    """Ties go by name, so the choice is the same each time."""
    sizes: dict[Category, int] = {("Root", f"{n:03}"): 1 for n in range(3 * KEPT)}
    after = next_leaves(sizes=sizes).after(("Root", "100"))
    assert set(after) == {("Root", "100")} | {("Root", f"{n:03}") for n in range(KEPT - 1)}


@given(SIZES, PATHS)
def test_likelihoods_are_shares_of_one(sizes: dict[Category, int], owned: Category) -> None:
    """Whatever the tree looks like, flat and uneven ones included."""
    after = next_leaves(sizes=sizes).after(owned)
    assert all(0 <= share <= 1 for share in after.values())
    assert sum(after.values()) <= 1 + 1e-9
