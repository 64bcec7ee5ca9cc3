"""Fitted models that take and return ids."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from understudy.engines.recommend import Profiles, Ranking, Recommender, Satisfaction


@dataclass(frozen=True, slots=True)
class Recent:
    """A user's interactions since the training, the oldest first: items, weights and times."""

    items: Sequence[str]
    weights: NDArray[np.float32]
    times: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: which items a user may want.

    `mask` is over the model's items: those that may be recommended, None for all.
    """

    user: str = ""
    mask: NDArray[np.bool_] | None = None
    recent: Recent | None = None


@dataclass(frozen=True, slots=True)
class Recommended:
    """Items, best first, and their scores: positive, at most 1 together."""

    items: list[str]
    scores: list[float]


@dataclass(frozen=True, slots=True)
class Items:
    """The ids of a model's items, and the place of each."""

    ids: tuple[str, ...]
    places: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Number the items."""
        object.__setattr__(self, "places", {item: place for place, item in enumerate(self.ids)})

    def named(self, places: Iterable[int]) -> list[str]:
        """Return the ids at places."""
        return [self.ids[place] for place in places]


@dataclass(frozen=True, slots=True)
class PersonalModel:
    """Ranks items for users by their histories."""

    model: Recommender
    profiles: Profiles
    users: Mapping[str, int]
    items: Items
    satisfaction: Satisfaction
    metrics: Mapping[str, float]

    def answer(self, queries: Sequence[Query], limit: int) -> Iterator[Recommended]:
        """Yield at most `limit` items for each query; an unknown user gets the popular items.

        Items that a user already has may be among them, as with AWS's recipe, but having them does not
        raise them. Interactions since the training count, too.
        """
        profiles = self.profiles
        codes = np.array([self.users.get(query.user, -1) for query in queries], dtype=np.intp)
        if any(query.recent is not None for query in queries):
            profiles = type(profiles).joined([self._profile(query) for query in queries])
            codes = np.arange(len(queries), dtype=np.intp)
        for ranking in self.model.rank(profiles, codes, limit, lambda place: queries[place].mask):
            yield self._named(ranking)

    def without(self, users: Collection[str]) -> Self:
        """Return a model that does not know these users; the same one if it does not know them now.

        What was counted of them, in sums over all users, stays counted.
        """
        gone = self.users.keys() & users
        if not gone:
            return self
        left = {user: code for user, code in self.users.items() if user not in gone}
        codes = np.array([self.users[user] for user in gone], dtype=np.intp)
        return replace(self, users=left, profiles=self.profiles.without(codes))

    def _profile(self, query: Query) -> Profiles:
        rows = self.profiles.rows(np.array([self.users.get(query.user, -1)]))
        if query.recent is None:
            return rows
        recent, places = query.recent, self.items.places
        known = [row for row, item in enumerate(recent.items) if item in places]
        items = np.array([places[recent.items[row]] for row in known], dtype=np.int32)
        return rows.followed_by(items, recent.weights[known], recent.times[known])

    def _named(self, ranking: Ranking) -> Recommended:
        return Recommended(self.items.named(ranking.items.tolist()), ranking.scores.round(7).tolist())
