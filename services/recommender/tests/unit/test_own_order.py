"""Given products are put into the order for a customer."""

import random

import pytest

from encore.recommender.domain.own_order import own_order
from encore.recommender.domain.picks import pick
from encore.recommender.domain.recent import Recent
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shop_rules import ShopRules
from encore.recommender.domain.shopper import Shopper
from services.recommender.tests.shops import buyer, likes, shelf, shop_of

TEA, MUGS, HOSES = ("Kitchen", "Tea"), ("Kitchen", "Mugs"), ("Garden", "Hoses")
PRODUCTS = [*shelf(TEA, 8), *shelf(MUGS, 8), *shelf(HOSES, 8, in_stock=True)]
CUSTOMERS = [buyer(f"C{n}", f"tea{n % 4}", f"mugs{n % 3}") for n in range(12)]


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Tea and mugs are bought together, and hoses by nobody."""
    return shop_of(PRODUCTS, CUSTOMERS)


def ids(shop: Shop) -> list[str]:
    """All products, in an order that means nothing."""
    given = list(shop.catalogue.products)
    random.Random(3).shuffle(given)  # noqa: S311 - test data
    return given


def test_every_product_has_one_place_whatever_the_order_given(shop: Shop) -> None:
    """What the catalogue does not have is left out, and a repeated id counts once."""
    shopper = Shopper(shop, likes("tea1"), customer_id="C")
    given = ids(shop)
    ordered = own_order(shopper, [*given, "nothing", *given[:3]])
    assert sorted(ordered) == sorted(given)
    mine = shopper.labels
    offered = [one for one in ordered if mine.isdisjoint(shop.catalogue.labels(one))]
    assert own_order(shopper, reversed(given))[: len(offered)] == offered == ordered[: len(offered)]


def test_what_suits_comes_first_and_what_the_customer_has_last(shop: Shop) -> None:
    """Their parts of the shop before others; leaves take turns, as each product lowers its own."""
    ordered = own_order(Shopper(shop, likes("tea1"), customer_id="C"), ids(shop))
    assert ordered[-1] == "tea1"
    assert {shop.catalogue.category(one) for one in ordered[:2]} <= {TEA, MUGS}
    assert ordered.index("hoses0") > min(ordered.index("tea2"), ordered.index("mugs0"))


def test_a_ranking_brings_products_forward(shop: Shop) -> None:
    """What Personalize ranks first comes before most of its kind."""
    hoses = [f"hoses{n}" for n in range(8)]
    plain = own_order(Shopper(shop, likes("tea1"), customer_id="C"), hoses)
    last = plain[-1]
    ranked = own_order(Shopper(shop, likes("tea1"), (last, *plain[:-1]), customer_id="C"), hoses)
    assert ranked.index(last) < plain.index(last)


def test_what_may_not_be_offered_comes_last() -> None:
    """Excluded and sold-out products are in the order, behind all others."""
    excluded = ShopRules(excluded_products=frozenset({"mugs0"}))
    gone = [*shelf(TEA, 3), *shelf(MUGS, 3), *shelf(HOSES, 2, in_stock=False)]
    shop = shop_of(gone, CUSTOMERS, shop=excluded)
    ordered = own_order(Shopper(shop, (), customer_id="C"), ["mugs0", "hoses1", "tea0", "tea1", "mugs1"])
    assert ordered[3:] == ["mugs0", "hoses1"]


def test_an_order_of_all_products_begins_much_as_picks_do(shop: Shop) -> None:
    """Both go by the same weights; the rules of a list of five change some places."""
    shopper = Shopper(shop, likes("tea1"), customer_id="C")
    picked = [one.product.product_id for one in pick(shopper).picks]
    assert picked[0] in own_order(shopper, ids(shop))[:3]


def test_a_memory_keeps_what_was_used_last() -> None:
    """Getting counts as using; what is too old is forgotten; without room nothing is kept."""
    memory = Recent[str](2)
    memory.put("a", "A")
    memory.put("b", "B", until=10.0)
    assert memory.get("a") == "A"
    memory.put("c", "C")
    assert (memory.get("a"), memory.get("b"), memory.get("c"), len(memory)) == ("A", None, "C", 2)
    memory.put("b", "B", until=10.0)
    assert (memory.get("b", now=9.0), memory.get("b", now=10.0), len(memory)) == ("B", None, 1)
    nothing = Recent[str](0)
    nothing.put("a", "A")
    assert (nothing.get("a"), len(nothing)) == (None, 0)
