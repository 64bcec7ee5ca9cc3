"""How many of one category may be in a list, and whether somebody who has one gets another."""

import pytest

from fondly.contracts.records import Customer
from fondly.recommender.domain.picking.basket import Rule
from fondly.recommender.domain.picking.rules import Rules
from services.recommender.tests.baskets import ALL, NOTHING_DURABLE, TEA, Filling
from services.recommender.tests.fakes import product
from services.recommender.tests.shops import buyer, dislikes, likes, owns, shelf, shop_of

KNOWN_TO_ALL = [buyer(f"C{n}", "tea0", "tea1", *(f"mugs{m}" for m in range(4))) for n in range(30)]
"""Customers who buy tea again, and more of other things."""
READERS = [buyer(f"C{n}", *(f"tea{m}" for m in range(4))) for n in range(30)]
"""Customers who collect tea."""


def test_a_leaf_has_one_pick_and_more_where_people_collect_it_and_the_customer_does() -> None:
    """As many as the setting says, even for who has most of other things."""
    others = [f"{leaf}{n}" for leaf in ("nuts", "hoses") for n in range(6)]
    for most in (1, 2, 3):
        shop = shop_of(ALL, READERS, rules=Rules(max_per_leaf=most), shop=NOTHING_DURABLE)
        filling = Filling(shop, owns("tea0", *others))
        for n in range(1, most + 1):
            assert Rule.LEAF not in filling.broken_by(f"tea{n}")
            filling.add(f"tea{n}")
        assert Rule.LEAF in filling.broken_by("tea5")
        filling.add("mugs0")
        assert Rule.LEAF in filling.broken_by("mugs1")


@pytest.mark.parametrize(
    ("customers", "owned"), [(KNOWN_TO_ALL, "tea0"), (READERS, "nuts0"), (READERS[:0], "tea0")]
)
def test_one_of_a_leaf_is_enough_of_what_people_or_the_customer_do_not_collect(
    customers: list[Customer], owned: str
) -> None:
    """A fifth of what they have besides is no collection, nor is anything of which nothing is known."""
    filling = Filling(shop_of(ALL, customers, shop=NOTHING_DURABLE), owns(owned))
    filling.add("tea1")
    assert Rule.LEAF in filling.broken_by("tea2")


def test_of_what_people_collect_a_list_has_as_much_as_their_products_have() -> None:
    """Nearly all picks for who has nothing else, and the usual two for who has most of other things."""
    for owned, most in ((["tea0", "tea1"], 4), (["tea0", *(f"nuts{n}" for n in range(6))], 2)):
        filling = Filling(shop_of(ALL, READERS, shop=NOTHING_DURABLE), owns(*owned))
        taken = 0
        for one in ("tea2", "tea3", "tea4", "tea5"):
            if Rule.LEAF not in filling.broken_by(one):
                filling.add(one)
                taken += 1
        assert taken == most


def test_what_people_collect_is_only_for_who_has_of_it_or_of_what_stands_beside_it() -> None:
    """Unless nothing is known of the customer, or everybody has that much of it."""
    beside = [*ALL, *shelf((*TEA[:2], "Coffee"), 2)]
    others = [buyer(f"D{n}", f"hoses{n % 6}", f"nuts{n % 6}") for n in range(60)]
    for customers, owned, is_kept in (
        ([*READERS, *others], owns("mugs0"), True),
        ([*READERS, *others], owns("tea0", "mugs0"), False),
        ([*READERS, *others], owns("coffee0"), False),
        ([*READERS, *others], [], False),
        (READERS, owns("mugs0"), False),
    ):
        filling = Filling(shop_of(beside, customers, shop=NOTHING_DURABLE), owned)
        assert (Rule.TASTE in filling.broken_by("tea5")) is is_kept


def test_who_is_content_with_the_one_they_have_needs_no_other_of_what_is_not_bought_again() -> None:
    """Unlike who is not. Of few customers it is not known; of twenty who bought more, three must have."""
    once = [buyer(f"C{n}", f"tea{n % 6}", f"mugs{n % 6}") for n in range(30)]
    again = [buyer(f"D{n}", "tea1", "tea2") for n in range(6)]
    for customers, opinions, is_kept in (
        (once, owns("tea0"), True),
        (once, likes("tea0"), True),
        (once, dislikes("tea0"), False),
        (once[:10], owns("tea0"), False),
        ([*once, *again], owns("tea0"), False),
        ([*once, *again[:5]], owns("tea0"), True),
    ):
        filling = Filling(shop_of(ALL, customers, shop=NOTHING_DURABLE), opinions)
        assert (Rule.REPLACEMENT in filling.broken_by("tea4")) is is_kept
        assert Rule.REPLACEMENT not in filling.broken_by("kettles0")


def test_products_without_a_category_are_of_no_leaf() -> None:
    """A catalogue without categories still makes lists without a rule that yields."""
    filling = Filling(shop_of([product(f"P{n}", f"thing{n}") for n in range(5)]))
    filling.add("P0", "P1", "P2", "P3")
    assert filling.broken_by("P4") == set()
