"""Rankings woven from what goes with a customer's products."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Customer
from encore.recommender.domain.preferences import Preference
from encore.recommender.domain.woven import (
    FADING,
    MAX_SEEDS,
    ProductLists,
    Seed,
    product_lines,
    seeds_of,
    woven,
    woven_rankings,
)
from services.recommender.tests.fakes import review, scores

IDS = st.sampled_from([f"P{n}" for n in range(12)])
LISTS = st.dictionaries(IDS, st.lists(IDS, unique=True, max_size=8))
SEEDS = st.lists(st.builds(Seed, IDS, st.floats(0.1, 1.0)), unique_by=lambda one: one.product_id, max_size=6)


def answer(product_id: str, *items: str) -> bytes:
    """A line of the batch job's output."""
    return json.dumps({"input": {"itemId": product_id}, "output": {"recommendedItems": items}}).encode()


def test_one_product_gives_its_list() -> None:
    """Nine of ten customers have one product: their ranking is what goes with it, as Personalize says."""
    assert woven([Seed("A", 1.0)], {"A": ["X", "Y", "Z"]}, {"A"}) == ["X", "Y", "Z"]


def test_what_is_liked_more_comes_first_and_what_several_lists_have_rises() -> None:
    """Lists are woven by how much their products are liked; nothing is left out but what is known."""
    lists = {"A": ["X", "S", "Y", "Z"], "B": ["U", "S", "V", "W"]}
    found = woven([Seed("A", 1.0), Seed("B", 0.5)], lists, set())
    assert found == ["S", "X", "Y", "Z"], "as long as the longest list: more would be the tail of both"
    assert woven([Seed("A", 1.0), Seed("B", 0.9)], lists, set()) == ["S", "X", "U", "Y"]


def test_what_the_customer_has_is_left_out() -> None:
    """Whatever goes with it best."""
    assert woven([Seed("A", 1.0), Seed("B", 1.0)], {"A": ["B", "X"], "B": ["A", "Y"]}, {"A", "B"}) == [
        "X",
        "Y",
    ]


@given(SEEDS, LISTS, st.sets(IDS))
def test_a_woven_ranking_has_each_product_of_the_lists_once(
    seeds: list[Seed], lists: dict[str, list[str]], known: set[str]
) -> None:
    """Nothing appears twice, out of nowhere, or although it is known."""
    found = woven(seeds, lists, known)
    told = {one for seed in seeds for one in lists.get(seed.product_id, ())}
    assert len(set(found)) == len(found)
    assert set(found) <= told - known
    assert len(found) <= max((len(lists.get(seed.product_id, ())) for seed in seeds), default=0)


def test_opinions_and_purchases_weigh_as_in_training() -> None:
    """A liked product first, an order of which nothing is known next, and a dislike last, but not never."""
    preferences = [
        Preference(product_id="disliked", value=-0.9),
        Preference(product_id="lukewarm", value=0.1),
        Preference(product_id="bought", is_bought=True),
        Preference(product_id="liked", value=0.9),
    ]
    seeds = seeds_of(preferences)
    assert [one.product_id for one in seeds] == ["liked", "bought", "lukewarm", "disliked"]
    assert min(one.weight for one in seeds) == pytest.approx(0.1)


def test_what_came_last_counts_most_where_all_have_a_time() -> None:
    """Measured on sequences of reviews: without it a fifth fewer of the next products are found."""
    dated = [Preference(product_id=f"P{n}", value=0.8, timestamp=n) for n in (3, 1, 2)]
    assert [one.product_id for one in seeds_of(dated)] == ["P3", "P2", "P1"]
    assert seeds_of(dated)[1].weight == pytest.approx(FADING * seeds_of(dated)[0].weight)
    undated = [*dated, Preference(product_id="P0", value=0.8)]
    assert len({one.weight for one in seeds_of(undated)}) == 1


def test_a_customer_with_very_many_products_is_asked_about_by_the_best_and_latest() -> None:
    """What a run asks for stays in proportion; ids that Personalize would alter are no seeds."""
    preferences = [Preference(product_id=f"P{n}", value=0.5, timestamp=n) for n in range(50)]
    seeds = seeds_of([*preferences, Preference(product_id='a"b', value=1.0)])
    assert [one.product_id for one in seeds] == [f"P{n}" for n in range(49, 49 - MAX_SEEDS, -1)]


def test_lines_that_are_missing_malformed_or_errors_leave_the_others() -> None:
    """A product without a list costs its owners that list alone; what nobody here has is not kept."""
    lists = ProductLists(["A", "B", "C"])
    failed = json.dumps({"input": {"itemId": "B"}, "output": None, "error": "no"}).encode()
    for line in (answer("A", "X", "Y"), failed, b"{", b"  ", answer("Z", "X")):
        lists.add(line)
    assert lists.by_product == {"A": ("X", "Y")}
    assert not lists.are_missing


def test_answers_are_missing_where_something_is_wanted_and_no_line_is_there() -> None:
    """A bundle whose customers have nothing to ask about misses nothing."""
    assert ProductLists(["A"]).are_missing
    assert not ProductLists([]).are_missing


def test_each_product_is_asked_about_in_a_line() -> None:
    """As AWS wants it for recipes that relate items."""
    assert product_lines(["A", "B"]) == b'{"itemId": "A"}\n{"itemId": "B"}\n'


def test_a_customer_of_whose_products_nothing_is_known_has_no_ranking() -> None:
    """They get popular products, and count as such."""
    asha = Customer(customer_id="C1", reviews=(review("R1", "A"),))
    ravi = Customer(customer_id="C2", reviews=(review("R2", "B"),))
    known = {("C1", "R1"): scores(0.9)}
    assert dict(woven_rankings([asha, ravi], known, {"A": ("X", "Y")})) == {"C1": ("X", "Y")}
