"""The model: co-occurrence, content and popularity in one score."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.events import Events
from understudy.engines.recommend.links import HybridParams, Pairs
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.sparse_rows import divided_by_row_maximum


@dataclass(frozen=True, slots=True)
class Ranking:
    """One user's items, best first, and each one's share of the catalogue's total score."""

    items: NDArray[np.integer]
    scores: NDArray[np.floating]

    def first(self, limit: int) -> Self:
        """Return at most the `limit` best."""
        return type(self)(self.items[:limit], self.scores[:limit])


@dataclass(frozen=True, slots=True)
class Scores:
    """Users x items: what is linked with a user's items, what is like them, and both in one score.

    Items that none of a user's touch have no entry; they have only their popularity.
    """

    linked: sparse.csr_matrix
    alike: sparse.csr_matrix
    total: sparse.csr_matrix


@dataclass(frozen=True, slots=True)
class HybridModel:
    """Scores every item for a history; immutable, so safe to share between threads.

        S(u,j) = norm(sum_h dec^age(h) w_h W_hj) + cw norm(sum_h 0.7^age(h) w_h C_hj)
                 + 0.2 log(1 + pop_j) / max                     norm = divide by the user's maximum

    An item that a user already has is neither excluded nor favoured: it does not count for itself and
    is ranked by the rest of the history. A user without a history, or with only interactions of
    weight 0, gets the `popular` items: all of them, ties of popularity ordered by the number of
    interactions, whatever their weight, then by code. Ties of scores are ordered in the same way.
    """

    links: sparse.csr_matrix
    content: sparse.csr_matrix
    popularity: NDArray[np.float64]
    popular: NDArray[np.intp]
    params: HybridParams

    @classmethod
    def of(cls, pairs: Pairs, content: sparse.csr_matrix, events: Events, params: HybridParams) -> Self:
        """Return the model of counted pairs; `content` is items x items as of `content_similarity`."""
        popularity = _popularity(pairs.count)
        counts = np.bincount(events.item, minlength=popularity.size)
        return cls(
            links=pairs.links(params),
            content=content,
            popularity=params.popularity_weight * popularity,
            popular=np.lexsort((-counts, -popularity)),
            params=params,
        )

    def reachable(self, limit: int) -> NDArray[np.bool_]:
        """Return for each item whether a list of `limit` items can contain it."""
        reached = np.zeros(self.popularity.size, dtype=bool)
        reached[self.links.indices] = True
        reached[self.content.indices] = True
        reached[self.popular[:limit]] = True
        return reached

    def scores(self, profiles: Profiles) -> Scores:
        """Return the scores of all users of `profiles`; without popularity, which touches every item."""
        linked = divided_by_row_maximum(profiles.decayed(self.params.history_decay) @ self.links)
        alike = divided_by_row_maximum(profiles.decayed(self.params.content_decay) @ self.content)
        total = sparse.csr_matrix(linked + self.params.content_weight * alike)
        return Scores(linked, alike, total)

    def best(
        self, scores: Scores, limit: int, allowed: Iterable[NDArray[np.bool_] | None] | None = None
    ) -> list[Ranking]:
        """Return a ranking of at most `limit` items for each row of `scores`.

        `allowed` masks the items of each row; None for all. Scores are positive and sum to 1 over the
        whole catalogue.
        """
        total = scores.total
        picker = _Picker(self.popularity, self.popular, limit)
        spans = [slice(*total.indptr[row : row + 2]) for row in range(total.shape[0])]
        masks = repeat(None, len(spans)) if allowed is None else allowed
        return [
            picker.pick(total.indices[span], total.data[span], mask)
            for span, mask in zip(spans, masks, strict=True)
        ]


def _popularity(count: NDArray[np.float64]) -> NDArray[np.float64]:
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
        self._place = np.empty_like(popular)
        self._place[popular] = np.arange(popular.size)
        self._limit = limit
        self._touched = np.zeros(popularity.size, dtype=bool)

    def pick(
        self, items: NDArray[np.integer], scores: NDArray[np.floating], allowed: NDArray[np.bool_] | None
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
        head = self._head(allowed)
        self._touched[items] = True
        extra = head[~self._touched[head]]
        self._touched[items] = False
        return extra

    def _head(self, allowed: NDArray[np.bool_] | None) -> NDArray[np.intp]:
        """Return the most popular of the allowed items; mostly, few of the catalogue are looked at."""
        order, width = self._popular, 2 * self._limit
        if allowed is None:
            return order[: self._limit]
        head = order[:width][allowed[order[:width]]]
        if head.size < self._limit and width < order.size:
            head = order[allowed[order]]
        return head[: self._limit]


def _best(scores: NDArray[np.floating], places: NDArray[np.intp], limit: int) -> NDArray[np.intp]:
    """Return the positions of the highest scores, best first; ties are ordered by popularity."""
    chosen = np.arange(scores.size)
    if limit < scores.size:
        least = np.partition(scores, scores.size - limit)[scores.size - limit]
        chosen = np.flatnonzero(scores >= least)
    return chosen[np.lexsort((places[chosen], -scores[chosen]))][:limit]
