"""The small array functions of the recommender, each beside a slow and obvious way to say the same."""

import os
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.content import LabelLinks, label_vectors
from understudy.engines.recommend.examples import gains
from understudy.engines.recommend.sparse_rows import (
    divided_by_row_maximum,
    in_threads,
    scaled,
    top_per_row,
    values_at,
    without_diagonal,
)
from understudy.engines.recommend.tables import Factors, directions


def matrix(rows: list[list[float]]) -> sparse.csr_matrix:
    """Return a sparse matrix."""
    return sparse.csr_matrix(np.array(rows, dtype=np.float32))


def random_matrix(seed: int, *, rows: int = 12, columns: int = 9) -> sparse.csr_matrix:
    """Return a matrix of distinct positive entries, some rows empty."""
    random = np.random.default_rng(seed)
    dense = random.permutation(rows * columns).reshape(rows, columns).astype(np.float32) + 1
    dense[random.random(dense.shape) < 0.5] = 0
    dense[random.integers(rows)] = 0
    return sparse.csr_matrix(dense)


def dense(found: sparse.csr_matrix) -> NDArray[np.float32]:
    """Return the entries, zeros and all."""
    return np.asarray(found.todense())


@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.parametrize("seed", range(3))
def test_only_the_greatest_entries_of_a_row_stay(seed: int, limit: int) -> None:
    """In their places; a row with fewer keeps all of them."""
    before = dense(random_matrix(seed))
    after = dense(top_per_row(random_matrix(seed), limit))
    for row, kept in zip(before, after, strict=True):
        least = sorted(row, reverse=True)[:limit][-1]
        assert np.array_equal(kept, np.where(row >= max(least, 1), row, 0))


def test_columns_stay_in_order() -> None:
    """Binary searches rely on it."""
    top = top_per_row(random_matrix(1), 3)
    for row in range(top.shape[0]):
        columns = top.indices[top.indptr[row] : top.indptr[row + 1]]
        assert np.array_equal(columns, np.sort(columns))


def test_the_diagonal_of_a_larger_matrix_is_taken_away() -> None:
    """Rows may be a part of it, from any row on."""
    block = matrix([[1, 2, 3, 4], [5, 6, 7, 8]])
    assert dense(without_diagonal(block)).tolist() == [[0, 2, 3, 4], [5, 0, 7, 8]]
    assert dense(without_diagonal(block, first_row=2)).tolist() == [[1, 2, 0, 4], [5, 6, 7, 0]]


@pytest.mark.parametrize("seed", range(4))
def test_rows_are_divided_by_their_maximum_as_dense_ones_are(seed: int) -> None:
    """Whichever rows are empty, the first and the last ones too; one without a positive entry becomes 0."""
    found = random_matrix(seed)
    for empty in ([], [0], [11], [0, 1, 10, 11]):
        given = dense(found).copy()
        given[empty] = 0
        given[5] = -np.abs(given[5])
        most = given.max(axis=1, keepdims=True)
        expected = np.divide(given, most, out=np.zeros_like(given), where=most > 0)
        divided = dense(divided_by_row_maximum(sparse.csr_matrix(given)))
        assert np.allclose(divided, expected, atol=1e-6)
    nothing = sparse.csr_matrix((3, 4), dtype=np.float32)
    assert divided_by_row_maximum(nothing).nnz == 0


def test_rows_are_divided_by_their_greatest_entry() -> None:
    """An empty row stays empty, without a warning."""
    divided = divided_by_row_maximum(matrix([[2, 4], [0, 0], [0, 5]]))
    assert dense(divided).tolist() == [[0.5, 1], [0, 0], [0, 1]]


def test_rows_and_columns_have_factors() -> None:
    """Each entry gets both, and the matrix that was given stays as it is."""
    given = matrix([[1, 2], [3, 4]])
    found = scaled(given, rows=np.array([10.0, 100.0]), columns=np.array([1.0, 0.5]))
    assert dense(found).tolist() == [[10, 10], [300, 200]]
    assert dense(given).tolist() == [[1, 2], [3, 4]]
    assert dense(scaled(given)).tolist() == dense(given).tolist()


@pytest.mark.parametrize("seed", range(3))
def test_entries_are_read_at_pairs(seed: int) -> None:
    """Those that are not there are zero, whatever the order of the columns in memory."""
    stored = random_matrix(seed)
    rows, columns = (each.ravel() for each in np.indices(stored.shape))
    shuffled = stored[:, ::-1][:, ::-1]
    assert np.array_equal(values_at(shuffled, rows, columns), dense(stored).ravel())


def test_no_pairs_have_no_entries() -> None:
    """Scipy would not take an empty list."""
    nothing = np.zeros(0, dtype=np.int64)
    assert values_at(matrix([[1]]), nothing, nothing).shape == (0,)


def test_a_list_is_as_good_as_the_place_of_the_wanted_item() -> None:
    """NDCG at 10: 1 at the top, nothing beyond the tenth place or without it."""
    places = np.array([0, 1, 9, 10, np.inf])
    assert gains(places).tolist() == pytest.approx([1, 1 / np.log2(3), 1 / np.log2(11), 0, 0])


def test_vectors_are_scaled_to_length_one() -> None:
    """Zeros have no direction, and stay."""
    found = directions(np.array([[3, 4], [0, 0], [0, -2]], dtype=np.float32))
    assert found.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0], [0, -1]]


def kinds(n_items: int, n_kinds: int) -> sparse.csr_matrix:
    """Return pairs in which items stand with others of their kind only."""
    kind = np.arange(n_items) % n_kinds
    pairs = (kind[:, None] == kind[None, :]).astype(np.float32)
    np.fill_diagonal(pairs, 0)
    return sparse.csr_matrix(pairs)


def test_items_that_come_after_the_same_ones_are_near_each_other() -> None:
    """Nearer than all others."""
    factors = Factors.of(kinds(120, 4))
    near = factors.place @ factors.place[0]
    of_its_kind = np.arange(120) % 4 == 0
    assert near[of_its_kind].min() > near[~of_its_kind].max()


def test_the_same_pairs_give_the_same_vectors() -> None:
    """Nothing is left to chance."""
    one, other = Factors.of(kinds(120, 4)), Factors.of(kinds(120, 4))
    assert np.array_equal(one.source, other.source)


@pytest.mark.parametrize("pairs", [sparse.csr_matrix((60, 60), dtype=np.float32), kinds(10, 2)])
def test_a_small_or_empty_catalogue_has_no_vectors(pairs: sparse.csr_matrix) -> None:
    """There is nothing to tell apart, and no warning."""
    factors = Factors.of(pairs)
    assert factors.place.shape == (pairs.shape[0], 1)
    assert not factors.source.any()


def test_rare_labels_weigh_most_and_those_of_one_item_nothing() -> None:
    """A label that only one item has says nothing about others."""
    vectors = dense(label_vectors([["common", "rare"], ["common", "rare"], ["common"], ["common", "own"]]))
    assert vectors.shape == (4, 2)
    assert vectors[0].max() > vectors[0].min() > 0
    assert np.linalg.norm(vectors, axis=1).tolist() == pytest.approx([1, 1, 1, 1])


def test_items_without_labels_have_empty_vectors() -> None:
    """Also if no item has any."""
    assert label_vectors([[], []]).nnz == 0
    assert label_vectors([["a"], ["b"]]).nnz == 0


def test_a_label_that_follows_another_lifts_its_items() -> None:
    """More than a label that only chance puts there."""
    vectors = label_vectors([["tent"], ["tent"], ["stove"], ["stove"], ["book"], ["book"]])
    after = [(tent, stove) for tent in (0, 1) for stove in (2, 3)] * 20 + [(4, 5), (5, 4)] * 20
    rows, columns = zip(*after, strict=True)
    pairs = sparse.coo_matrix((np.ones(len(after), dtype=np.float32), (rows, columns)), shape=(6, 6)).tocsr()
    links = LabelLinks.of(vectors, pairs)
    latest = sparse.csr_matrix(([np.float32(1)], ([0], [0])), shape=(1, 6))
    items = np.array([2, 4])
    stove, book = links.scores(latest, np.zeros(2, dtype=np.int64), items)
    assert stove > book == 0


def test_results_come_in_the_order_of_their_arguments() -> None:
    """Whichever thread is done first."""
    first_may_end = threading.Event()

    def work(number: int) -> int:
        if number == 0 and (os.cpu_count() or 1) > 1:
            assert first_may_end.wait(10)
        elif number == 1:
            first_may_end.set()
        return number * number

    assert list(in_threads(work, range(50))) == [number * number for number in range(50)]


def test_arguments_are_taken_as_they_are_needed() -> None:
    """One for each core is ahead, so memory is bounded."""
    taken: list[int] = []

    def arguments() -> Iterator[int]:
        for number in range(1_000):
            taken.append(number)
            yield number

    results = in_threads(int, arguments())
    assert next(results) == 0
    assert len(taken) <= (os.cpu_count() or 1) + 1
    assert list(results) == list(range(1, 1_000))


def test_an_error_in_a_thread_is_the_callers() -> None:
    """It is not lost."""
    with pytest.raises(ZeroDivisionError):
        list(in_threads(lambda number: 1 // number, [1, 0]))
