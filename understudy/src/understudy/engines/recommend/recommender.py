"""The model as a whole: retrieval by tables, and a learned order of what is retrieved."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend.content import ItemContent
from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.examples import DEPTH, Examples, HeldOut, candidates_of, gains, unseen
from understudy.engines.recommend.features import features
from understudy.engines.recommend.hybrid import HybridModel, Ranking
from understudy.engines.recommend.links import HybridParams, Pairs
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.reranking import Ranker, learned
from understudy.engines.recommend.sparse_rows import in_threads
from understudy.engines.recommend.tables import Catalogue, Tables

_FEWEST_USERS = 500
_MOST_USERS = 3_000
_CHOICES: Sequence[Mapping[str, Any]] = (
    *({"back": value} for value in (0.1, 0.3, 1.0)),
    *({"history_decay": value} for value in (0.6, 0.8)),
    *({"target_popularity": value} for value in (0.1, 0.2, 0.4)),
    *({"content_weight": value} for value in (0.2, 0.4, 0.8)),
)

_OF_LINKS = {"back", "target_popularity"}
"""The parameters by which links differ."""


def tuned(pairs: Pairs, catalogue: Catalogue, held_out: HeldOut, params: HybridParams) -> HybridParams:
    """Return `params` with one parameter after the other set to what predicts best.

    With too few held-out items to choose by, `params` stay.
    """
    users = held_out.users(_MOST_USERS)
    if users.size < _FEWEST_USERS:
        return params
    profiles = Profiles.of(held_out.histories).rows(users)
    wanted, own = held_out.items[users], pairs.of_items(profiles.item)

    def gain(model: HybridModel) -> float:
        return float(gains(_places(model, profiles, wanted)).sum())

    def model_of(choice: HybridParams) -> HybridModel:
        return HybridModel.of(own, catalogue.similar, held_out.histories.events, choice)

    model = model_of(params)
    best = gain(model)
    for change in _CHOICES:
        choice = replace(model.params, **change)
        if choice != model.params:
            other = model_of(choice) if _OF_LINKS & change.keys() else replace(model, params=choice)
            if (found := gain(other)) > best:
                best, model = found, other
    return model.params


def _places(model: HybridModel, profiles: Profiles, wanted: NDArray[np.int64]) -> NDArray[np.float64]:
    places = np.full(wanted.size, np.inf)
    for user, ranking in enumerate(model.best(model.scores(profiles), DEPTH, unseen(profiles))):
        [hits] = np.nonzero(ranking.items == wanted[user])
        if hits.size:
            places[user] = hits[0]
    return places


_CHUNK_USERS = 512
_MOST_EXAMPLES = 25_000
"""How many users are learned from for each held-out step."""
_MOST_CHECKED = 10_000
_LEARNED_SHARE = 0.3
"""How much of what users were offered and did not take is learned from."""

Allowed = Callable[[int], NDArray[np.bool_] | None]
"""For a position among the requested users, which items may be recommended; None for all."""


@dataclass(frozen=True, slots=True)
class Recommender:
    """Ranks items for users; immutable, so safe to share between threads.

    The hybrid retrieves, and where a learned ranker predicted held-out items better, it orders the best
    of what is retrieved. What a user already has stays where the hybrid puts it: the ranker has learned only
    from what users did not have. Scores are those of the hybrid, given out in the new order.
    """

    catalogue: Catalogue
    params: HybridParams
    tables: Tables
    ranker: Ranker | None

    @classmethod
    def fit(cls, histories: Histories, content: ItemContent, *, refit: bool = True) -> Self:
        """Choose parameters and learn by held-out items of `histories`, then count all of them.

        Each user's latest event is for checking and choosing, the two before it for learning. Without
        `refit`, the latest events are known only to that choice and are not counted in the tables.
        """
        params = HybridParams()
        catalogue = Catalogue.of(content, params)
        checked = HeldOut.of(histories)
        pairs = Pairs.of(checked.histories, params)
        params = tuned(pairs, catalogue, checked, params)
        tables = Tables.of(checked.histories, pairs, catalogue, params)
        model = cls(catalogue, params, tables, _ranker(tables, checked, catalogue, params))
        return model.counting(histories) if refit else model

    def counting(self, histories: Histories) -> Self:
        """Return the same model with tables of `histories`."""
        pairs, retrieves_only = Pairs.of(histories, self.params), self.ranker is None
        tables = Tables.of(histories, pairs, self.catalogue, self.params, retrieves_only=retrieves_only)
        return replace(self, tables=tables)

    def reachable(self, limit: int) -> NDArray[np.bool_]:
        """Return for each item whether a list of `limit` items can contain it."""
        return self.tables.hybrid.reachable(limit)

    def rank(
        self, profiles: Profiles, users: NDArray[np.integer], limit: int, allowed: Allowed | None = None
    ) -> Iterator[Ranking]:
        """Yield a ranking of at most `limit` items for each of `users`, in their order.

        A negative code is a user without a history. Scores are positive and sum to 1 over the whole
        catalogue.
        """

        def ranked(start: int) -> list[Ranking]:
            chunk = users[start : start + _CHUNK_USERS]
            masks = None if allowed is None else map(allowed, range(start, start + chunk.size))
            return self._ranked(profiles.rows(chunk), limit, masks)

        starts = range(0, users.size, _CHUNK_USERS)
        for chunk in map(ranked, starts) if len(starts) == 1 else in_threads(ranked, starts):
            yield from chunk

    def _ranked(
        self, profiles: Profiles, limit: int, masks: Iterable[NDArray[np.bool_] | None] | None
    ) -> list[Ranking]:
        hybrid, depth = self.tables.hybrid, self.params.candidates
        scores = hybrid.scores(profiles)
        rankings = hybrid.best(scores, limit if self.ranker is None else max(limit, depth), masks)
        if self.ranker is None:
            return rankings
        known = np.diff(scores.total.indptr) > 0
        candidates = candidates_of(rankings, depth)
        candidates = candidates.select(known[candidates.row] & ~profiles.has(candidates.row, candidates.item))
        _, rows = features(self.tables, profiles, scores, candidates)
        learned_places = candidates.place[np.lexsort((-self.ranker.scores(rows), candidates.row))]
        bounds = np.searchsorted(candidates.row, np.arange(len(rankings) + 1))
        return [
            _reordered(ranking, candidates.place[start:end], learned_places[start:end]).first(limit)
            for ranking, start, end in zip(rankings, bounds[:-1], bounds[1:], strict=True)
        ]


def _reordered(ranking: Ranking, places: NDArray[np.integer], order: NDArray[np.integer]) -> Ranking:
    """Return the ranking with the items at `places` in the order of the places in `order`."""
    items = ranking.items.copy()
    items[places] = ranking.items[order]
    return Ranking(items, ranking.scores)


def _ranker(tables: Tables, checked: HeldOut, catalogue: Catalogue, params: HybridParams) -> Ranker | None:
    parts, histories = [], checked.histories
    for _ in range(params.learned_steps):
        step = HeldOut.of(histories)
        histories = step.histories
        counted = Tables.of(histories, Pairs.of(histories, params), catalogue, params)
        users = step.users(_MOST_EXAMPLES)
        parts.append(Examples.of(counted, step, users, params.candidates, share=_LEARNED_SHARE))
    check = Examples.of(tables, checked, checked.users(_MOST_CHECKED), params.candidates)
    return learned(Examples.joined(parts), check)
