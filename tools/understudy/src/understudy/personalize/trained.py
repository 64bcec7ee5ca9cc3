"""A fitted model that takes and returns ids."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from understudy.engines.recommend import Allowed, Profiles, Recommender


@dataclass(frozen=True, slots=True)
class Recommended:
    """Items for one user, best first, and their scores: positive, at most 1 over all items."""

    items: list[str]
    scores: list[float]


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A solution version's model, with the user histories that it was trained on."""

    model: Recommender
    profiles: Profiles
    users: Mapping[str, int]
    items: tuple[str, ...]
    metrics: Mapping[str, float]

    def recommend(
        self, users: Sequence[str], limit: int, allowed: Allowed | None = None
    ) -> Iterator[Recommended]:
        """Yield at most `limit` items for each user; an unknown one gets the popular items.

        Items that a user already has may be among them, as with AWS's recipe, but having them does not
        raise them. `allowed` masks the items for a position in `users`.
        """
        codes = np.array([self.users.get(user, -1) for user in users], dtype=np.intp)
        for ranking in self.model.rank(self.profiles, codes, limit, allowed):
            items = [self.items[item] for item in ranking.items]
            yield Recommended(items, [round(float(score), 7) for score in ranking.scores])
