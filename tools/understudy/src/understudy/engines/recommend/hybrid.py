"""The model: co-occurrence, content and popularity in one score."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.cooccurrence import cooccurrence
from understudy.engines.recommend.events import Events, Histories
from understudy.engines.recommend.params import HybridParams
from understudy.engines.recommend.sparse_rows import divided_by_row_maximum

_CHUNK_USERS = 1024

Allowed = Callable[[int], NDArray[np.bool_] | None]
"""For a position among the requested users, which items may be recommended; None for all."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """One user's items, best first, and each one's share of the catalogue's total score."""

    items: NDArray[np.integer]
    scores: NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Profiles:
    """Users' items as users x items, the latest counting most; one empty row at the end."""

    recent: sparse.csr_matrix
    broad: sparse.csr_matrix

    @classmethod
    def of(cls, histories: Histories, params: HybridParams) -> Self:
        """Return the profiles of `histories`, decayed as `params` says."""
        return cls(
            recent=histories.decayed(params.history_decay),
            broad=histories.decayed(params.content_decay),
        )

    def rows(self, users: NDArray[np.integer]) -> Self:
        """Return the profiles of `users`; a negative code gets the empty one."""
        known = np.where(users < 0, self.recent.shape[0] - 1, users)
        return type(self)(recent=self.recent[known], broad=self.broad[known])


@dataclass(frozen=True, slots=True)
class HybridModel:
    """Scores every item for a history; immutable, so safe to share between threads.

        S(u,j) = norm(sum_h dec^age(h) w_h W_hj) + 0.4 norm(sum_h 0.7^age(h) w_h C_hj)
                 + 0.2 log(1 + pop_j) / max                     norm = divide by the user's maximum

    An item that a user already has is neither excluded nor favoured: it does not count for itself and
    is ranked by the rest of the history. A user without a history, or with only interactions of
    weight 0, gets the `popular` items: all of them, ties of popularity ordered by the number of
    interactions, whatever their weight, then by code. Ties of scores are ordered in the same way.
    """

    cooccurrence: sparse.csr_matrix
    content: sparse.csr_matrix
    popularity: NDArray[np.float64]
    popular: NDArray[np.intp]
    params: HybridParams

    @classmethod
    def fit(
        cls,
        histories: Histories,
        content: sparse.csr_matrix,
        params: HybridParams | None = None,
    ) -> Self:
        """Fit to `histories`; `content` is items x items as returned by `content_similarity`."""
        params = params or HybridParams()
        popularity = _popularity(histories.events)
        counts = np.bincount(histories.events.item, minlength=popularity.size)
        return cls(
            cooccurrence=cooccurrence(histories, params),
            content=content,
            popularity=params.popularity_weight * popularity,
            popular=np.lexsort((-counts, -popularity)),
            params=params,
        )

    def reachable(self, limit: int) -> NDArray[np.bool_]:
        """Return for each item whether a list of `limit` items can contain it."""
        reached = np.zeros(self.popularity.size, dtype=bool)
        reached[self.cooccurrence.indices] = True
        reached[self.content.indices] = True
        reached[self.popular[:limit]] = True
        return reached

    def rank(
        self,
        profiles: Profiles,
        users: NDArray[np.integer],
        limit: int,
        allowed: Allowed | None = None,
    ) -> Iterator[Ranking]:
        """Yield a ranking of at most `limit` items for each of `users`, in their order.

        A negative code is a user without a history. Scores are positive and sum to 1 over the whole
        catalogue.
        """
        picker = _Picker(self.popularity, self.popular, limit)
        for start in range(0, users.size, _CHUNK_USERS):
            scores = self._scores(profiles.rows(users[start : start + _CHUNK_USERS]))
            for row in range(scores.shape[0]):
                span = slice(scores.indptr[row], scores.indptr[row + 1])
                mask = None if allowed is None else allowed(start + row)
                yield picker.pick(scores.indices[span], scores.data[span], mask)

    def _scores(self, profiles: Profiles) -> sparse.csr_matrix:
        together = divided_by_row_maximum(profiles.recent @ self.cooccurrence)
        alike = divided_by_row_maximum(profiles.broad @ self.content)
        return together + self.params.content_weight * alike


def _popularity(events: Events) -> NDArray[np.float64]:
    count = np.bincount(events.item, weights=events.weight, minlength=events.n_items)
    logs = np.log1p(count)
    return logs / max(float(logs.max(initial=0.0)), np.finfo(float).tiny)


class _Picker:
    """Picks the best of a few scored items and of a long tail that has only its popularity.

    Of the items that a history does not touch, only the `limit` most popular can enter a list of
    `limit`, so a pick looks at the touched items and that head, never at the whole catalogue.
    """

    def __init__(self, popularity: NDArray[np.float64], popular: NDArray[np.intp], limit: int) -> None:
        self._popularity = popularity
        self._total = max(float(popularity.sum()), np.finfo(float).tiny)
        self._popular = popular
        self._place = np.argsort(popular)
        self._limit = limit
        self._touched = np.zeros(popularity.size, dtype=bool)

    def pick(
        self,
        items: NDArray[np.integer],
        scores: NDArray[np.floating],
        allowed: NDArray[np.bool_] | None,
    ) -> Ranking:
        full = scores + self._popularity[items]
        total = self._total + float(scores.sum())
        if allowed is not None:
            kept = allowed[items]
            items, full = items[kept], full[kept]
        extra = self._untouched_head(items, allowed)
        items = np.concatenate([items, extra])
        full = np.concatenate([full, self._popularity[extra]])
        best = _best(full, self._place[items], self._limit)
        return Ranking(items[best], full[best] / total)

    def _untouched_head(
        self, items: NDArray[np.integer], allowed: NDArray[np.bool_] | None
    ) -> NDArray[np.intp]:
        order = self._popular
        head = (order if allowed is None else order[allowed[order]])[: self._limit]
        self._touched[items] = True
        extra = head[~self._touched[head]]
        self._touched[items] = False
        return extra


def _best(scores: NDArray[np.floating], places: NDArray[np.intp], limit: int) -> NDArray[np.intp]:
    """Return the positions of the highest scores, best first; ties are ordered by popularity."""
    chosen = np.arange(scores.size)
    if limit < scores.size:
        least = np.partition(scores, scores.size - limit)[scores.size - limit]
        chosen = np.flatnonzero(scores >= least)
    return chosen[np.lexsort((places[chosen], -scores[chosen]))][:limit]
