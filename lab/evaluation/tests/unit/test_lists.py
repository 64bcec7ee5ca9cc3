import math

import pytest

from fondly.contracts.records import ReasonKind
from fondly.evaluation.own_data.lists import Lists, Nearness, Views
from fondly.recommender.domain.history.preferences import Preference
from lab.evaluation.tests.shops import a_list, a_product, by_id

TV, OTHER_TV = (
    a_product("tv", "Electronics", "TVs", price=300),
    a_product("tv2", "Electronics", "TVs", price=310),
)
THIRD_TV = a_product("tv3", "Electronics", "TVs", price=290)
CABLE = a_product("cable", "Electronics", "Cables", price=9)
CASE, OTHER_CASE = (
    a_product("case", "Bags", "Cases", price=30),
    a_product("case-red", "Bags", "Cases", price=31),
)
PRODUCTS = by_id(TV, OTHER_TV, THIRD_TV, CABLE, CASE, OTHER_CASE)
VIEWS = Views(
    family=lambda product_id: product_id.removesuffix("-red"),
    is_durable=lambda leaf: leaf[-1:] == ("TVs",),
    price_factor=3.0,
)
PREFERENCES = {
    "likes-tv": [Preference(product_id="tv", value=0.9)],
    "hates-case": [Preference(product_id="case", value=-0.9)],
    "new": [],
}
LISTS = Lists(
    [
        a_list("likes-tv", OTHER_TV, THIRD_TV, CABLE, kind=ReasonKind.LIKED),
        a_list("hates-case", OTHER_CASE, CASE),
        a_list("new", CASE, OTHER_CASE, kind=ReasonKind.POPULAR),
    ],
    PREFERENCES,
    PRODUCTS,
    VIEWS,
)


def test_coverage_counts_products_and_families() -> None:
    """Five of six products; four of five families, since the two cases are one."""
    assert LISTS.product_coverage() == pytest.approx(5 / 6)
    assert LISTS.family_coverage() == pytest.approx(4 / 5)


def test_exposure_counts_products_that_nobody_is_offered() -> None:
    """Counts 0, 1, 1, 1, 2, 2: sum of (2 i - 7) x = 13, divided by 6 * 7."""
    assert LISTS.exposure_gini() == pytest.approx(13 / 42)


def test_two_of_three_customers_get_the_same_products() -> None:
    """In another order."""
    assert LISTS.largest_identical_group() == pytest.approx(2 / 3)


def test_variants_in_one_list_are_duplicates() -> None:
    """One in each of two lists."""
    assert LISTS.family_duplicates() == 2


def test_nearness_counts_picks_in_what_the_customer_owns() -> None:
    """The TV's owner gets two TVs and one more thing of electronics; the case's owner gets cases."""
    assert LISTS.nearness() == Nearness(2, leaf=4 / 5, level_2=4 / 5, root=1)
    assert LISTS.nearness(only_bad=True) == Nearness(1, leaf=1, level_2=1, root=1)


def test_a_second_pick_of_an_owned_durable_leaf_is_a_substitute() -> None:
    """Cases are not durable."""
    assert [one.customer_id for one in LISTS.durable_owners()] == ["likes-tv"]
    assert LISTS.with_substitutes() == 1


def test_prices_far_from_all_that_the_customer_has_are_outside_the_range() -> None:
    """The cable, of five picks of those who have something; other currencies are not compared."""
    assert LISTS.outside_price_range() == pytest.approx(1 / 5)
    foreign = a_product("cable", "Electronics", "Cables", price=9).model_copy(update={"currency": "USD"})
    lists = Lists([a_list("likes-tv", foreign)], PREFERENCES, PRODUCTS, VIEWS)
    assert lists.outside_price_range() == 0


def test_novelty_looks_at_how_many_customers_have_a_pick() -> None:
    """One of three has the case, which is picked twice of seven; nobody has the others."""
    expected = (2 * -math.log2(2 / 4) + 5 * -math.log2(1 / 4)) / 7
    assert LISTS.novelty_bits() == pytest.approx(expected)


def test_reasons_and_sources_are_counted() -> None:
    """The most frequent reason first, ties by name."""
    assert LISTS.reasons() == {"liked": 3, "assortment": 2, "popular": 2}
    assert LISTS.sources() == {"personalize": 3}
