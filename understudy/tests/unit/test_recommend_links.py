import numpy as np
import pytest
from scipy import sparse
from shops import histories, sequences

from understudy.engines.recommend import Histories
from understudy.engines.recommend.links import HybridParams, Pairs

PLAIN = HybridParams(
    distance_discount=0,
    length_discount=0,
    source_popularity=0,
    target_popularity=0,
    back=0.25,
)


def links(of: Histories, params: HybridParams = PLAIN) -> sparse.csr_matrix:
    """Return how strongly items recommend each other."""
    return Pairs.of(of, params).links(params)


def test_an_earlier_item_recommends_a_later_one_more_than_the_reverse() -> None:
    """Forwards counts in full, backwards by `back`, whatever the order of the rows."""
    found = links(histories([(0, 1, 20, 1.0), (0, 0, 10, 1.0)]))

    assert found[0, 1] == pytest.approx(1.0)
    assert found[1, 0] == pytest.approx(0.25)


def test_without_an_order_both_directions_count_equally() -> None:
    """Equal times say nothing about which came first."""
    found = links(histories([(0, 0, 5, 1.0), (0, 1, 5, 1.0)]))

    assert found[0, 1] == found[1, 0] == pytest.approx(1.0)


def test_an_interaction_of_no_weight_recommends_nothing() -> None:
    """It connects its item to no other."""
    found = links(histories([(0, 0, 1, 1.0), (0, 1, 2, 0.0), (0, 2, 3, 1.0)]))

    assert found[0, 1] == found[1, 2] == 0
    assert found[0, 2] > 0


def test_an_item_never_recommends_itself() -> None:
    """Choosing an item again does not recommend it to those who have it."""
    pairs = Pairs.of(sequences([[0, 0, 1]]), PLAIN)

    for table in (pairs.links(PLAIN), pairs.both_ways(PLAIN), pairs.direct):
        assert table.diagonal().sum() == 0


def test_strengths_follow_the_published_formula() -> None:
    """For one user and three items in order, W_ij has every factor of the formula."""
    params = HybridParams()

    found = links(sequences([[0, 1, 2], [2]]), params)

    forwards = 3**-params.length_discount * 2**-params.distance_discount
    assert found[0, 2] == pytest.approx(forwards * 2**-params.target_popularity, rel=1e-5)
    assert found[2, 0] == pytest.approx(params.back * forwards * 2**-params.source_popularity, rel=1e-5)


def test_weights_of_both_interactions_count() -> None:
    """A pair of half-liked items counts a quarter."""
    found = links(histories([(0, 0, 1, 0.5), (0, 1, 2, 0.5)]))

    assert found[0, 1] == pytest.approx(0.25)


def test_distance_and_neighbours_are_limited() -> None:
    """Pairs beyond the maximum distance do not count, and each row keeps its strongest."""
    line = sequences([range(6)])

    assert links(line, HybridParams(max_distance=2, neighbours=100))[0].nnz == 2
    kept = links(line, HybridParams(max_distance=50, neighbours=2))
    assert np.diff(kept.indptr).max() == 2
    assert sorted(kept[0].indices) == [1, 2]


def test_direct_pairs_are_those_of_neighbouring_steps() -> None:
    """Each item of a step is followed by each of the next one, however many stand between the rows."""
    found = Pairs.of(histories([(0, 0, 1, 1.0), (0, 1, 2, 1.0), (0, 2, 2, 1.0), (0, 3, 3, 1.0)]), PLAIN)

    expected = np.zeros((4, 4))
    expected[[0, 0, 1, 2], [1, 2, 3, 3]] = 1
    assert found.direct.toarray().tolist() == expected.tolist()


def test_belonging_together_has_no_direction() -> None:
    """It is the cosine's measure: the number of pairs over the root of both items' counts."""
    found = Pairs.of(sequences([[0, 1], [1, 0], [0, 1, 2]]), PLAIN).both_ways(PLAIN).toarray()

    assert found == pytest.approx(found.T)
    assert found[0, 1] == pytest.approx(3 / 3)
    assert found[0, 2] == pytest.approx(1 / 3**0.5)
