"""Users who will probably want an item, or one of several: recommendations the other way round."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.content import ItemContent
from understudy.engines.recommend.events import Events, Histories
from understudy.engines.recommend.params import HybridParams
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.related import Mask, RelatedItems

_TRUTH_SHARE = 0.2
_MAX_TEST_ITEMS = 500
_PERCENTAGES = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class UserAffinity:
    """How much each user's history speaks for an item.

        affinity_ui = sum over the user's items h:  dec^age_h w_h (R_hi + [h = i])

    with `R` how closely items go together; decay keeps a long history from counting for everything.
    `profiles` is users x items, `speaking` is items x items with the row for `i`, `active` are the users,
    those with the most events first.
    """

    profiles: sparse.csr_matrix
    speaking: sparse.csr_matrix
    active: NDArray[np.intp]

    @classmethod
    def of(cls, histories: Histories, content: ItemContent, params: HybridParams | None = None) -> Self:
        """Count what histories and descriptions say."""
        params = params or HybridParams()
        related = RelatedItems.of(histories, content, params).related
        events = histories.events
        profiles = Profiles.of(histories).decayed(params.history_decay)[: events.n_users]
        count = np.bincount(events.user, minlength=events.n_users)
        speaking = sparse.csr_matrix(related.T) + sparse.identity(events.n_items, np.float32, format="csr")
        return cls(
            sparse.csr_matrix(profiles), sparse.csr_matrix(speaking), np.argsort(-count, kind="stable")
        )

    @property
    def n_users(self) -> int:
        """How many users it knows."""
        return int(self.profiles.shape[0])

    def users(self, items: NDArray[np.integer], limit: int, allowed: Mask | None = None) -> NDArray[np.intp]:
        """Return at most `limit` of the allowed users, by their affinity to `items` together.

        Those without any follow by how active they are, as for no items.
        """
        wanted = np.asarray(self.speaking[items].sum(axis=0), dtype=np.float32).ravel()
        scores = self.profiles @ wanted
        kept = scores > 0 if allowed is None else (scores > 0) & allowed
        found = np.flatnonzero(kept)
        if 0 < limit < found.size:
            least = np.partition(scores[found], found.size - limit)[found.size - limit]
            found = found[scores[found] >= least]
        activity = np.empty(self.n_users, dtype=np.intp)
        activity[self.active] = np.arange(self.n_users)
        best = found[np.lexsort((activity[found], -scores[found]))][:limit]
        if best.size == limit:
            return best
        others = ~kept if allowed is None else allowed & ~kept
        return np.asarray(np.r_[best, self.active[others[self.active]]][:limit], dtype=np.intp)

    def of_users(self, users: NDArray[np.integer]) -> Self:
        """Return the same for some of the users, who get codes in the order of `users`."""
        code = np.full(self.n_users, -1, dtype=np.intp)
        code[users] = np.arange(users.size)
        active = code[self.active]
        return type(self)(sparse.csr_matrix(self.profiles[users]), self.speaking, active[active >= 0])

    def reachable(self) -> Mask:
        """Return for each user whether a segment can contain them for more than their activity."""
        return np.asarray(np.diff(self.profiles.indptr) > 0)


@dataclass(frozen=True, slots=True)
class SegmentSplit:
    """Events to fit, and for items the users whose later events are about them."""

    train: Events
    truth: Mapping[int, AbstractSet[int]]

    @classmethod
    def of(cls, histories: Histories, *, seed: int = 0) -> Self:
        """Hold back the latest fifth of each user's steps, as Personalize documents for segments."""
        events = histories.events
        steps = histories.step + histories.age + 1
        late = histories.age < np.floor(_TRUTH_SHARE * steps)
        items = np.unique(events.item[late])
        if items.size > _MAX_TEST_ITEMS:
            items = np.sort(np.random.default_rng(seed).choice(items, _MAX_TEST_ITEMS, replace=False))
        truth: dict[int, set[int]] = {int(item): set() for item in items}
        asked = late & np.isin(events.item, items)
        for user, item in zip(events.user[asked].tolist(), events.item[asked].tolist(), strict=True):
            truth[item].add(user)
        return cls(events.select(~late), truth)


def segment_metrics(model: UserAffinity, split: SegmentSplit) -> dict[str, float]:
    """Return coverage, and hits and recall in the first 1, 5 and 10 per cent of users.

    Hits are how many of the users who took an item are among them, on average over items; recall is their
    share of those who did. `coverage` is the share of users who can be in a segment.
    """
    depths = {each: max(1, model.n_users * each // 100) for each in _PERCENTAGES}
    deepest = max(depths.values())
    found = {item: model.users(np.array([item]), deepest).tolist() for item in split.truth}
    metrics = {"coverage": float(np.mean(model.reachable())) if model.n_users else 0.0}
    for each, depth in depths.items():
        hits = [len(users & {*found[item][:depth]}) for item, users in split.truth.items()]
        sizes = [len(users) for users in split.truth.values()]
        metrics[f"hits_at_{each}_percent"] = float(np.mean(hits)) if hits else 0.0
        shares = [hit / size for hit, size in zip(hits, sizes, strict=True)]
        metrics[f"recall_at_{each}_percent"] = float(np.mean(shares)) if shares else 0.0
    return metrics
