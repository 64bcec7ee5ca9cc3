"""Users' latest items, from which is told what they may want next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.sparse_rows import scaled

_OLDEST = 50


@dataclass(frozen=True, slots=True)
class Profiles:
    """Events by user: those of user `u` stand at `bounds[u]:bounds[u + 1]`, their latest steps only.

    The last user has no events and represents all unknown ones.
    """

    bounds: NDArray[np.int64]
    item: NDArray[np.int32]
    weight: NDArray[np.float32]
    age: NDArray[np.int32]
    n_items: int

    @classmethod
    def of(cls, histories: Histories) -> Self:
        """Return the profiles of `histories`, with the events of each user's last 50 steps."""
        events, kept = histories.events, histories.age < _OLDEST
        counts = np.bincount(events.user[kept], minlength=events.n_users)
        return cls(
            bounds=np.r_[0, np.cumsum(counts), counts.sum()],
            item=events.item[kept],
            weight=events.weight[kept],
            age=histories.age[kept],
            n_items=events.n_items,
        )

    @classmethod
    def joined(cls, profiles: Sequence[Self]) -> Self:
        """Return the first user's profile of each of `profiles`, and at the end one without events."""
        length = [int(each.bounds[1]) for each in profiles]
        return cls(
            bounds=np.r_[0, np.cumsum(length), sum(length)],
            item=np.concatenate([each.item[:end] for each, end in zip(profiles, length, strict=True)]),
            weight=np.concatenate([each.weight[:end] for each, end in zip(profiles, length, strict=True)]),
            age=np.concatenate([each.age[:end] for each, end in zip(profiles, length, strict=True)]),
            n_items=profiles[0].n_items,
        )

    @property
    def length(self) -> NDArray[np.int64]:
        """How many events each user has."""
        return np.diff(self.bounds)

    def rows(self, users: NDArray[np.integer]) -> Self:
        """Return the profiles of `users`; a negative code gets one without events."""
        known = np.where(users < 0, self.bounds.size - 2, users)
        length = self.length[known]
        bounds = np.r_[0, np.cumsum(length)]
        places = np.arange(bounds[-1]) + np.repeat(self.bounds[known] - bounds[:-1], length)
        return type(self)(bounds, self.item[places], self.weight[places], self.age[places], self.n_items)

    def without(self, users: NDArray[np.integer]) -> Self:
        """Return the same profiles, those of `users` without events."""
        length = self.length.copy()
        length[users] = 0
        kept = np.repeat(length > 0, self.length)
        bounds = np.r_[0, np.cumsum(length)]
        return type(self)(bounds, self.item[kept], self.weight[kept], self.age[kept], self.n_items)

    def followed_by(
        self, items: NDArray[np.int32], weights: NDArray[np.float32], times: NDArray[np.integer]
    ) -> Self:
        """Return the only profile with later events; those at the same time share a step."""
        distinct, step = np.unique(times, return_inverse=True)
        age = np.r_[self.age + distinct.size, distinct.size - 1 - step].astype(np.int32)
        kept = age < _OLDEST
        return type(self)(
            bounds=np.array([0, kept.sum(), kept.sum()]),
            item=np.r_[self.item, items][kept].astype(np.int32),
            weight=np.r_[self.weight, weights][kept].astype(np.float32),
            age=age[kept],
            n_items=self.n_items,
        )

    def has(self, rows: NDArray[np.integer], items: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Tell for pairs of a row and an item whether the user of the row has the item."""
        owner = np.repeat(np.arange(self.bounds.size - 1), self.length)
        return np.isin(rows * self.n_items + items, owner * self.n_items + self.item)

    def decayed(self, decay: float) -> sparse.csr_matrix:
        """Return users x items, each event weighing `weight * decay^age`."""
        return self._matrix((self.weight * decay**self.age).astype(np.float32))

    def latest(self) -> sparse.csr_matrix:
        """Return users x items: the events of each user's latest step, their weights summing to 1."""
        matrix = self._matrix(np.where(self.age == 0, self.weight, 0).astype(np.float32))
        total = np.asarray(matrix.sum(axis=1)).ravel()
        return scaled(matrix, rows=np.divide(1, total, out=np.zeros_like(total), where=total > 0))

    def _matrix(self, strength: NDArray[np.float32]) -> sparse.csr_matrix:
        shape = (self.bounds.size - 1, self.n_items)
        matrix = sparse.csr_matrix((strength, self.item, self.bounds), shape=shape, copy=True)
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        return matrix
