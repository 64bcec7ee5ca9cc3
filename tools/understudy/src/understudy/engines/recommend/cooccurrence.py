"""Which items occur together in histories, and in which order."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.params import HybridParams
from understudy.engines.recommend.sparse_rows import scaled, top_per_row, without_diagonal


def cooccurrence(histories: Histories, params: HybridParams) -> sparse.csr_matrix:
    """Return items x items: how strongly having the row's item recommends the column's.

        W_ij = n_i^-ai n_j^-aj * sum over users of w_i w_j length^-gl d^-a (1 if i first else back)

    with `w` the weights of the two interactions, `d` their distance in steps and `n` the weighted
    number of interactions with an item. Two interactions at the same time count equally in both
    directions. An item never recommends itself. Each row keeps its strongest `neighbours`.
    """
    total = _pair_strengths(histories, params)
    events = histories.events
    count = np.bincount(events.item, weights=events.weight, minlength=events.n_items)
    safe = np.where(count > 0, count, 1.0)
    total = scaled(
        without_diagonal(total),
        rows=safe**-params.source_popularity,
        columns=safe**-params.target_popularity,
    )
    return top_per_row(total, params.neighbours)


def _pair_strengths(histories: Histories, params: HybridParams) -> sparse.csr_matrix:
    n_items = histories.events.n_items
    total = sparse.csr_matrix((n_items, n_items), dtype=np.float32)
    for offset in range(1, params.max_distance + 1):
        pairs = _pairs_at(histories, offset, params)
        if pairs is None:
            break
        total = total + pairs
    return total


def _pairs_at(histories: Histories, offset: int, params: HybridParams) -> sparse.csr_matrix | None:
    """Return the strengths of all pairs `offset` rows apart, or None when there are none."""
    events = histories.events
    before = np.flatnonzero(events.user[offset:] == events.user[:-offset])
    if not before.size:
        return None
    after = before + offset
    gap = histories.step[after] - histories.step[before]
    strength = (
        events.weight[before]
        * events.weight[after]
        * histories.length[before] ** -params.length_discount
        * np.maximum(gap, 1) ** -params.distance_discount
    )
    backwards = strength * np.where(gap > 0, params.back, 1.0)
    return _both_ways(events.item[before], events.item[after], strength, backwards, events.n_items)


def _both_ways(
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    forwards: NDArray[np.floating],
    backwards: NDArray[np.floating],
    n_items: int,
) -> sparse.csr_matrix:
    data = np.concatenate([forwards, backwards]).astype(np.float32)
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    matrix = sparse.csr_matrix((data, (rows, columns)), shape=(n_items, n_items))
    matrix.eliminate_zeros()
    return matrix
