import numpy as np
import pytest

from understudy.engines.recommend import Events, Histories, HybridParams
from understudy.engines.recommend.cooccurrence import cooccurrence

PLAIN = HybridParams(
    distance_discount=0,
    length_discount=0,
    source_popularity=0,
    target_popularity=0,
    back=0.25,
)


def histories(rows: list[tuple[int, int, int, float]]) -> Histories:
    """Return histories of (user, item, time, weight)."""
    user, item, time, weight = zip(*rows, strict=True)
    return Histories.of(
        Events(
            user=np.array(user, dtype=np.int32),
            item=np.array(item, dtype=np.int32),
            time=np.array(time, dtype=np.int64),
            weight=np.array(weight, dtype=np.float32),
            n_users=max(user) + 1,
            n_items=max(item) + 1,
        )
    )


def test_an_earlier_item_recommends_a_later_one_more_than_the_reverse() -> None:
    """Forwards counts in full, backwards by `back`, whatever the order of the rows."""
    matrix = cooccurrence(histories([(0, 1, 20, 1.0), (0, 0, 10, 1.0)]), PLAIN)

    assert matrix[0, 1] == pytest.approx(1.0)
    assert matrix[1, 0] == pytest.approx(0.25)


def test_without_an_order_both_directions_count_equally() -> None:
    """Equal times say nothing about which came first."""
    matrix = cooccurrence(histories([(0, 0, 5, 1.0), (0, 1, 5, 1.0)]), PLAIN)

    assert matrix[0, 1] == matrix[1, 0] == pytest.approx(1.0)


def test_a_disliked_interaction_recommends_nothing() -> None:
    """An interaction of weight 0 connects its item to no other."""
    matrix = cooccurrence(histories([(0, 0, 1, 1.0), (0, 1, 2, 0.0), (0, 2, 3, 1.0)]), PLAIN)

    assert matrix[0, 1] == matrix[1, 2] == 0
    assert matrix[0, 2] > 0


def test_an_item_never_recommends_itself() -> None:
    """Choosing an item again does not recommend it to those who have it."""
    matrix = cooccurrence(histories([(0, 0, 1, 1.0), (0, 0, 2, 1.0), (0, 1, 3, 1.0)]), PLAIN)

    assert matrix.diagonal().sum() == 0


def test_strengths_follow_the_published_formula() -> None:
    """For one user and three items in order, W_ij has every factor of the formula."""
    params = HybridParams()
    rows = [(0, 0, 1, 1.0), (0, 1, 2, 1.0), (0, 2, 3, 1.0), (1, 2, 1, 1.0)]

    matrix = cooccurrence(histories(rows), params)

    expected = 3**-params.length_discount * 2**-params.distance_discount
    expected *= 1**-params.source_popularity * 2**-params.target_popularity
    assert matrix[0, 2] == pytest.approx(expected, rel=1e-5)


def test_distance_and_neighbours_are_limited() -> None:
    """Pairs beyond the maximum distance do not count, and each row keeps its strongest."""
    rows = [(0, item, item, 1.0) for item in range(6)]
    near = HybridParams(max_distance=2, neighbours=100)
    few = HybridParams(max_distance=50, neighbours=2)

    assert cooccurrence(histories(rows), near)[0].nnz == 2
    kept = cooccurrence(histories(rows), few)
    assert np.diff(kept.indptr).max() == 2
    assert sorted(kept[0].indices) == [1, 2]


def test_steps_and_ages_count_distinct_times() -> None:
    """Events at the same time share a step, and the latest has age 0."""
    found = histories([(1, 0, 7, 1.0), (0, 0, 9, 1.0), (0, 1, 3, 1.0), (0, 2, 3, 1.0)])

    assert found.events.user.tolist() == [0, 0, 0, 1]
    assert found.step.tolist() == [0, 0, 1, 0]
    assert found.age.tolist() == [1, 1, 0, 0]
    assert found.length.tolist() == [3, 3, 3, 1]
