"""Which items occur together in histories, and in which order."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.events import Events, Histories
from understudy.engines.recommend.sparse_rows import scaled, top_per_row, without_diagonal


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridParams:
    """Exponents, weights and bounds of the hybrid; the letters are those of its formulae."""

    distance_discount: float = 0.4
    """a: how fast a pair's strength decays with the distance between its two interactions."""
    back: float = 0.1
    """back: how strongly a later item recommends an earlier one."""
    length_discount: float = 0.1
    """gl: how much less each pair of a long history counts."""
    source_popularity: float = 0.2
    """ai: damping of popular items as evidence."""
    target_popularity: float = 0.2
    """aj: damping of popular items as recommendations."""
    history_decay: float = 0.6
    """dec: what remains of an interaction's weight with each newer one."""
    content_decay: float = 0.7
    """The same, for content similarity."""
    content_weight: float = 0.4
    popularity_weight: float = 0.2
    max_distance: int = 50
    """Pairs farther apart in a history are not counted, so memory and time stay linear."""
    neighbours: int = 100
    content_neighbours: int = 300
    candidates: int = 100
    """How many of the best items are put in a learned order."""
    learned_steps: int = 3
    """How many of each user's steps, from the last but one on, are learned from."""


_MOST_PARTNERS = 1_000
"""How many partners of an item are kept while pairs are counted."""
_BOTH_WAYS_POPULARITY = 0.5
"""Damping of popular items where direction does not matter: 0.5 is the cosine's."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """How often, and how near, items stand together in histories; items x items, without a diagonal.

    `ordered` has a row for the earlier item, `tied` counts pairs of one step in both directions. To both, a
    pair adds  w_i w_j length^-gl d^-a,  with `w` the weights of the two interactions and `d` their distance
    in steps. `direct` is how often the column's item came in the step after the row's. `count` is the
    weighted number of interactions with each item.
    """

    ordered: sparse.csr_matrix
    tied: sparse.csr_matrix
    direct: sparse.csr_matrix
    count: NDArray[np.float64]

    @classmethod
    def of(cls, histories: Histories, params: HybridParams) -> Self:
        """Count the pairs that are at most `max_distance` rows apart."""
        events = histories.events
        ordered, tied, direct = (_empty(events.n_items) for _ in range(3))
        for offset in range(1, params.max_distance + 1):
            before = np.flatnonzero(events.user[offset:] == events.user[:-offset])
            if not before.size:
                break
            gap = histories.step[before + offset] - histories.step[before]
            strength = _strength(histories, before, before + offset, gap, params)
            ordered = ordered + _summed(events, before, offset, np.where(gap > 0, strength, 0))
            tied = tied + _summed(events, before, offset, np.where(gap == 0, strength, 0))
            direct = direct + _summed(events, before, offset, (gap == 1).astype(np.float32))
        return cls(
            ordered=_bounded(ordered),
            tied=_bounded(tied + tied.T),
            direct=_bounded(direct),
            count=np.bincount(events.item, events.weight, events.n_items).astype(np.float64),
        )

    def links(self, params: HybridParams) -> sparse.csr_matrix:
        """Return how strongly having the row's item recommends the column's.

            W_ij = n_i^-ai n_j^-aj * (ordered_ij + back * ordered_ji + tied_ij)

        Each row keeps its strongest `neighbours`.
        """
        total = self.ordered + params.back * self.ordered.T + self.tied
        damped = self._damped(total, params.source_popularity, params.target_popularity)
        return top_per_row(damped, params.neighbours)

    def both_ways(self, params: HybridParams) -> sparse.csr_matrix:
        """Return how closely items belong together, whatever their order."""
        total = self.ordered + self.ordered.T + self.tied
        damped = self._damped(total, _BOTH_WAYS_POPULARITY, _BOTH_WAYS_POPULARITY)
        return top_per_row(damped, params.neighbours)

    def _damped(self, total: sparse.csr_matrix, source: float, target: float) -> sparse.csr_matrix:
        safe = np.where(self.count > 0, self.count, 1.0)
        return scaled(sparse.csr_matrix(total), rows=safe**-source, columns=safe**-target)


def _strength(
    histories: Histories,
    before: NDArray[np.intp],
    after: NDArray[np.intp],
    gap: NDArray[np.int32],
    params: HybridParams,
) -> NDArray[np.floating]:
    weight = histories.events.weight
    together = weight[before] * weight[after]
    per_history = histories.length[before] ** -params.length_discount
    return np.asarray(together * per_history * np.maximum(gap, 1) ** -params.distance_discount)


def _summed(
    events: Events, before: NDArray[np.intp], offset: int, strength: NDArray[np.floating]
) -> sparse.csr_matrix:
    counted = strength > 0
    first, second = before[counted], before[counted] + offset
    entries = (strength[counted].astype(np.float32), (events.item[first], events.item[second]))
    return without_diagonal(sparse.csr_matrix(entries, shape=(events.n_items, events.n_items)))


def _empty(n_items: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((n_items, n_items), dtype=np.float32)


def _bounded(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return top_per_row(sparse.csr_matrix(matrix), _MOST_PARTNERS)
