"""Users' latest items taken away, to learn and to check what predicts them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend.events import Histories

DEPTH = 10


def gains(places: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return NDCG at 10 for the places of the one relevant item: 0 the best, infinite where it is absent."""
    return np.where(places < DEPTH, 1 / np.log2(np.minimum(places, DEPTH) + 2), 0.0)


_FEWEST_EVENTS = 2


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Histories without the latest event of each user, and by user the item of that event, -1 for none."""

    histories: Histories
    items: NDArray[np.int64]

    @classmethod
    def of(cls, histories: Histories, *, seed: int = 0) -> Self:
        """Hold out one event of each user who has two or more; chance decides within the latest step."""
        events = histories.events
        random = np.random.default_rng(seed).random(events.user.size)
        order = np.lexsort((random, -histories.age, events.user))
        ends = np.flatnonzero(np.r_[events.user[order][1:] != events.user[order][:-1], True])
        latest = order[ends] if order.size else order
        latest = latest[histories.length[latest] >= _FEWEST_EVENTS]
        items = np.full(events.n_users, -1, dtype=np.int64)
        items[events.user[latest]] = events.item[latest]
        kept = np.ones(events.user.size, dtype=bool)
        kept[latest] = False
        return cls(Histories.of(events.select(kept)), items)

    def users(self, most: int, *, seed: int = 0) -> NDArray[np.intp]:
        """Return the users with a held-out item, or `most` of them chosen at random, in order."""
        found = np.flatnonzero(self.items >= 0)
        if found.size <= most:
            return found
        return np.sort(np.random.default_rng(seed).choice(found, most, replace=False))
