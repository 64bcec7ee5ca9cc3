"""Which items occur together in histories, and in which order."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.sparse_rows import only_rows, scaled, top_per_row


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
_MOST_WAITING = 1 << 24
"""How many pairs are in memory before they are summed up: some 200 MB."""
_BOTH_WAYS_POPULARITY = 0.5
"""Damping of popular items where direction does not matter: 0.5 is the cosine's."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """How often, and how near, items stand together in histories; items x items, without a diagonal.

    `ordered` has a row for the earlier item, `reverse` for the later one, `tied` counts pairs of one step in
    both directions. To all three, a
    pair adds  w_i w_j length^-gl d^-a,  with `w` the weights of the two interactions and `d` their distance
    in steps. `direct` is how often the column's item came in the step after the row's. `count` is the
    weighted number of interactions with each item.
    """

    ordered: sparse.csr_matrix
    reverse: sparse.csr_matrix
    tied: sparse.csr_matrix
    direct: sparse.csr_matrix
    count: NDArray[np.float64]

    @classmethod
    def of(cls, histories: Histories, params: HybridParams) -> Self:
        """Count the pairs that are at most `max_distance` rows apart."""
        events = histories.events
        ordered, tied, direct = (_Sum(events.n_items) for _ in range(3))
        for offset in range(1, params.max_distance + 1):
            before = np.flatnonzero(events.user[offset:] == events.user[:-offset])
            if not before.size:
                break
            gap = histories.step[before + offset] - histories.step[before]
            strength = _strength(histories, before, before + offset, gap, params)
            both = (events.item[before], events.item[before + offset])
            ordered.add(*both, np.where(gap > 0, strength, 0))
            tied.add(*both, np.where(gap == 0, strength, 0))
            direct.add(*both, gap == 1)
        onwards, same_step = _bounded(ordered.total()), tied.total()
        return cls(
            ordered=onwards,
            reverse=onwards.T.tocsr(),
            tied=_bounded(same_step + same_step.T),
            direct=_bounded(direct.total()),
            count=np.bincount(events.item, events.weight, events.n_items).astype(np.float64),
        )

    def of_items(self, items: NDArray[np.integer]) -> Self:
        """Return the pairs by which these items recommend others."""
        kept = np.zeros(self.count.size, dtype=bool)
        kept[items] = True
        rows = {name: only_rows(getattr(self, name), kept) for name in ("ordered", "reverse", "tied")}
        return replace(self, **rows)

    def links(self, params: HybridParams) -> sparse.csr_matrix:
        """Return how strongly having the row's item recommends the column's.

            W_ij = n_i^-ai n_j^-aj * (ordered_ij + back * ordered_ji + tied_ij)

        Each row keeps its strongest `neighbours`.
        """
        total = self.ordered + params.back * self.reverse + self.tied
        damped = self._damped(total, params.source_popularity, params.target_popularity)
        return top_per_row(damped, params.neighbours)

    def both_ways(self, params: HybridParams) -> sparse.csr_matrix:
        """Return how closely items belong together, whatever their order."""
        total = self.ordered + self.reverse + self.tied
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
    longest = int(histories.length.max())  # powers of few numbers, looked up: they take most of the time
    powers = [
        np.maximum(np.arange(longest + 1), 1) ** -one
        for one in (params.length_discount, params.distance_discount)
    ]
    return np.asarray(together * powers[0][histories.length[before]] * powers[1][gap])


class _Sum:
    """Sums up items x items, many pairs at a time: an addition copies all that has been counted before."""

    def __init__(self, n_items: int) -> None:
        self._total = sparse.csr_matrix((n_items, n_items), dtype=np.float32)
        self._waiting: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]] = []

    def add(
        self,
        first: NDArray[np.int32],
        second: NDArray[np.int32],
        strength: NDArray[np.floating] | NDArray[np.bool_],
    ) -> None:
        """Add pairs of two items, each with a strength; without one, a pair is not counted."""
        counted = (strength > 0) & (first != second)
        self._waiting.append((first[counted], second[counted], strength[counted].astype(np.float32)))
        if sum(one.size for one, _, _ in self._waiting) > _MOST_WAITING:
            self.total()

    def total(self) -> sparse.csr_matrix:
        """Return what has been added so far."""
        if self._waiting:
            first, second, strength = map(np.concatenate, zip(*self._waiting, strict=True))
            self._waiting = []
            self._total += sparse.csr_matrix((strength, (first, second)), shape=self._total.shape)
        return self._total


def _bounded(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    return top_per_row(sparse.csr_matrix(matrix), _MOST_PARTNERS)
