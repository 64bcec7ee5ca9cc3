"""What is fitted, what is known at test time and what is held out, by protocol."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

CHUNK_SCORES = 8_000_000
"""How many scores are in memory at once: 32 MB."""


class Protocol(StrEnum):
    """Whether the last item but one, on which parameters are validated, is also fitted."""

    STRICT = "strict"
    """Fit on all but the last two items; the last but one is only in the history."""
    REFIT = "refit"
    """Fit on all but the last item."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is fitted and known, users x items with 1 for each item, and each user's held-out item."""

    fitted: sparse.csr_matrix
    history: sparse.csr_matrix
    target: NDArray[np.intp]

    @classmethod
    def of(cls, users: Sequence[Sequence[int]], n_items: int, protocol: Protocol) -> "Task":
        """Divide sequences of at least three items."""
        held_back = 2 if protocol is Protocol.STRICT else 1
        return cls(
            fitted=_matrix([user[:-held_back] for user in users], n_items),
            history=_matrix([user[:-1] for user in users], n_items),
            target=np.array([user[-1] for user in users], dtype=np.intp),
        )

    def top(self, score: Callable[[slice], NDArray[np.floating]], limit: int) -> NDArray[np.intp]:
        """Return users x `limit` new items by all items' scores, best first; equal ones in their order."""
        lists = [_best(self._unseen(score(rows), rows), limit) for rows in self._chunks()]
        return np.vstack(lists)

    def _chunks(self) -> Iterator[slice]:
        n_users, n_items = self.history.shape
        size = max(1, CHUNK_SCORES // n_items)
        return (slice(start, min(start + size, n_users)) for start in range(0, n_users, size))

    def _unseen(self, scores: NDArray[np.floating], rows: slice) -> NDArray[np.floating]:
        masked = np.array(scores, dtype=np.float32)
        masked[self.history[rows].nonzero()] = -np.inf
        return masked


def places(lists: NDArray[np.intp], target: NDArray[np.intp]) -> NDArray[np.floating]:
    """Return the place of each user's target in their list, the best 0; infinite where it is absent."""
    found = lists == target[:, None]
    return np.where(found.any(axis=1), found.argmax(axis=1), np.inf)


def _matrix(users: Sequence[Sequence[int]], n_items: int) -> sparse.csr_matrix:
    bounds = np.cumsum([0, *map(len, users)])
    items = np.fromiter((item for user in users for item in user), dtype=np.int32, count=bounds[-1])
    matrix = sparse.csr_matrix((np.ones(items.size, np.float32), items, bounds), shape=(len(users), n_items))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix


def _best(scores: NDArray[np.floating], limit: int) -> NDArray[np.intp]:
    limit = min(limit, scores.shape[1])
    top = np.sort(np.argpartition(-scores, limit - 1, axis=1)[:, :limit], axis=1)
    order = np.argsort(-np.take_along_axis(scores, top, axis=1), axis=1, kind="stable")
    return np.take_along_axis(top, order, axis=1)
