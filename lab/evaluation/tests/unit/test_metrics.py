import math

import numpy as np
import pytest

from fondly.evaluation import metrics

PLACES = np.array([0, 4, 5, 9, np.inf])


def test_recall_counts_the_held_out_items_above_the_cut() -> None:
    """Places count from zero, so the fifth is above a cut of five and the sixth is not."""
    assert metrics.recall_at(PLACES, 5) == pytest.approx(2 / 5)
    assert metrics.recall_at(PLACES, 10) == pytest.approx(4 / 5)
    assert metrics.recall_at(np.array([]), 5) == 0


def test_ndcg_discounts_by_the_logarithm_of_the_place() -> None:
    """The first place gains 1, the fifth 1 / log2(6)."""
    assert metrics.ndcg_at(PLACES, 5) == pytest.approx((1 + 1 / math.log2(6)) / 5)
    assert metrics.ndcg_at(np.array([np.inf]), 5) == 0


def test_coverage_counts_each_product_once() -> None:
    """Of four products three are recommended."""
    assert metrics.coverage([["a", "b"], ["b", "c"]], 4) == pytest.approx(3 / 4)
    assert metrics.coverage([], 0) == 0


def test_gini_is_zero_for_equal_counts_and_grows_with_inequality() -> None:
    """One product of four with everything has (n - 1) / n."""
    assert metrics.gini([3, 3, 3]) == 0
    assert metrics.gini([0, 0, 0, 8]) == pytest.approx(3 / 4)
    assert metrics.gini([1, 3]) == pytest.approx(1 / 4)
    assert metrics.gini([]) == metrics.gini([0, 0]) == 0


def test_lists_are_identical_in_any_order() -> None:
    """Two of three customers get the same products."""
    assert metrics.largest_identical_share([["a", "b"], ["b", "a"], ["a", "c"]]) == pytest.approx(2 / 3)
    assert metrics.largest_identical_share([]) == 0


def test_the_most_frequent_thing_counts_once_a_list() -> None:
    """Two of three lists have it."""
    assert metrics.largest_share([["a", "b"], ["a", "a"], ["c"]]) == pytest.approx(2 / 3)
    assert metrics.largest_share([]) == 0


def test_what_fewer_customers_have_is_more_novel() -> None:
    """With seven customers, a product that nobody has carries three bits, one that three have carries one."""
    assert metrics.novelty([["a"]], {}, 7) == pytest.approx(3)
    assert metrics.novelty([["a", "b"]], {"b": 3}, 7) == pytest.approx((3 + 1) / 2)
    assert metrics.novelty([], {}, 7) == 0


def test_duplicates_are_repetitions_within_a_list() -> None:
    """The same product in two lists is none."""
    assert metrics.duplicates([["a", "a", "a"], ["a", "b"]]) == 2


def test_a_bootstrap_interval_holds_its_mean_and_repeats_itself() -> None:
    """It is narrow for many values, and has no width where all are the same."""
    found = [True] * 30 + [False] * 70
    interval = metrics.bootstrap(found)
    assert interval == metrics.bootstrap(found)
    assert interval.mean == pytest.approx(0.3)
    assert interval.low < 0.3 < interval.high
    # The normal approximation: 1.96 standard errors of a share of .3 among 100.
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * math.sqrt(0.3 * 0.7 / 100), rel=0.15)
    assert metrics.bootstrap([True, True]) == metrics.Interval(1, 1, 1)
    assert metrics.bootstrap([]) == metrics.Interval(0, 0, 0)


def test_a_hit_needs_one_wanted_thing() -> None:
    """Nothing wanted is no hit."""
    assert metrics.hits(["a", "b"], {"b", "c"})
    assert not metrics.hits(["a"], {"b"})
    assert not metrics.hits(["a"], set())
