"""Which pinned products a customer gets, where there are more than a list may have."""

import json

import pytest

from encore.recommender.domain.picks import pick
from encore.recommender.domain.pins import MAX_RANKED, RunPins, in_order, pin_lines
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.shopper import Shopper
from services.recommender.tests.baskets import ALL, NOTHING_DURABLE
from services.recommender.tests.shops import ids, owns, shop_of

PINNED = ("tea0", "mugs0", "hoses0", "nuts0")


def picked(*pins: str, owned: tuple[str, ...] = (), most: int = 2) -> list[str]:
    """The first pinned products among a customer's picks, as many as are there for being pinned."""
    rules = ShopRules(durable=NOTHING_DURABLE.durable, pinned=PINNED)
    shop = shop_of(ALL, shop=rules, rules=Rules(max_pinned=most))
    return [one for one in ids(pick(Shopper(shop, owns(*owned), pins=pins))) if one in PINNED][:most]


def test_the_first_pins_of_the_customers_order_are_picked() -> None:
    """Without an order those of the file."""
    assert picked() == ["tea0", "mugs0"]
    assert picked("nuts0", "hoses0", "mugs0", "tea0") == ["nuts0", "hoses0"]


def test_an_owned_pin_makes_room_for_the_next_of_the_order() -> None:
    """The customer has what suits them best already."""
    assert picked("nuts0", "hoses0", "mugs0", "tea0", owned=("nuts0",))[0] == "hoses0"


@pytest.mark.parametrize(
    ("ranked", "expected"),
    [
        ((), ["a", "b", "c"]),
        (("c", "a", "b"), ["c", "a", "b"]),
        (("c", "a"), ["c", "b", "a"]),  # b was pinned after the ranking, and keeps its place
        (("c", "gone", "a", "b"), ["c", "a", "b"]),  # the shop has taken a pin away
        (("c", "c", "a", "b"), ["c", "a", "b"]),
    ],
)
def test_pins_keep_their_places_unless_they_are_ranked(ranked: tuple[str, ...], expected: list[str]) -> None:
    """The file changes while Personalize works; every pin of today is there once."""
    assert list(in_order(("a", "b", "c"), ranked)) == expected


def test_pins_are_ranked_only_where_there_is_a_choice() -> None:
    """Not more than a list may have, none at all, or with the rule switched off: nothing is paid for."""
    everything = lambda _: True  # noqa: E731 - shorter than a function
    assert RunPins.of(PINNED, everything, 2).product_ids == PINNED
    assert RunPins.of(PINNED, everything, 4).product_ids == ()
    assert RunPins.of(PINNED, everything, 0).product_ids == ()
    assert RunPins.of(PINNED, lambda one: one in {"tea0", "nuts0"}, 2).product_ids == ()
    assert RunPins.of(('qu"ote', *PINNED), everything, 2).product_ids == PINNED
    many = [f"p{n}" for n in range(MAX_RANKED + 9)]
    assert len(RunPins.of(many, everything, 2).product_ids) == MAX_RANKED


def test_a_line_asks_for_a_customers_order() -> None:
    """As the guide shows it for personalized ranking."""
    first, second = pin_lines(["C1", "C2"], PINNED).splitlines()
    assert json.loads(first) == {"userId": "C1", "itemList": list(PINNED)}
    assert json.loads(second)["userId"] == "C2"
