"""What users were offered and what they then took, as rows to learn from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.features import Candidates, features
from understudy.engines.recommend.hybrid import Ranking
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.sparse_rows import in_threads
from understudy.engines.recommend.tables import Tables

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
        last = np.flatnonzero((histories.age == 0) & (histories.length >= _FEWEST_EVENTS))
        last = last[np.lexsort((random[last], events.user[last]))]
        latest = last[np.r_[events.user[last][1:] != events.user[last][:-1], last.size > 0][: last.size]]
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


_CHUNK_USERS = 512


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates x features, which of them were taken, and how many candidates each user has, in turn.

    Only users whose item is among their candidates are here.
    """

    names: tuple[str, ...]
    rows: NDArray[np.float32]
    taken: NDArray[np.bool_]
    sizes: NDArray[np.int64]

    @classmethod
    def of(
        cls, tables: Tables, held_out: HeldOut, users: NDArray[np.intp], depth: int, *, share: float = 1.0
    ) -> "Examples":
        """Offer `depth` items to each of `users`, of those that they do not have.

        Of what was not taken, only a random `share` is kept: enough to learn from, and cheaper.
        """
        offers = _Offers(tables, Profiles.of(held_out.histories), held_out.items, depth, share)
        chunks = [users[start : start + _CHUNK_USERS] for start in range(0, users.size, _CHUNK_USERS)]
        return cls.joined([Examples.none(), *in_threads(offers.examples, chunks)])

    @classmethod
    def none(cls) -> "Examples":
        """Return no examples."""
        return cls((), np.zeros((0, 0), np.float32), np.zeros(0, bool), np.zeros(0, np.int64))

    @classmethod
    def joined(cls, parts: Sequence["Examples"]) -> "Examples":
        """Return the examples of all parts; at least one part is needed."""
        some = [part for part in parts if part.sizes.size] or parts[:1]
        return cls(
            some[0].names,
            np.vstack([part.rows for part in some]),
            np.concatenate([part.taken for part in some]),
            np.concatenate([part.sizes for part in some]),
        )

    def places(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return by user the place of the item that was taken, 0 the best, when sorted by `scores`.

        Equal scores keep the order of the offer.
        """
        user = np.repeat(np.arange(self.sizes.size), self.sizes)
        taken, rows = scores[self.taken][user], np.arange(scores.size)
        before = rows < np.flatnonzero(self.taken)[user]
        ahead = (scores > taken) | ((scores == taken) & before)
        return np.bincount(user, ahead, self.sizes.size).astype(np.float64)


def candidates_of(rankings: Sequence[Ranking], depth: int) -> Candidates:
    """Return the first `depth` items of each ranking, the row being the place of the ranking."""
    sizes = [min(depth, ranking.items.size) for ranking in rankings]
    nothing = [np.zeros(0)]
    return Candidates(
        row=np.repeat(np.arange(len(rankings)), sizes),
        item=np.concatenate([ranking.items[:depth] for ranking in rankings] or nothing).astype(np.intp),
        score=np.concatenate([ranking.scores[:depth] for ranking in rankings] or nothing).astype(np.float32),
        best=np.repeat([ranking.scores.max(initial=0) for ranking in rankings], sizes).astype(np.float32),
        place=np.concatenate([np.arange(size) for size in sizes] or nothing).astype(np.int32),
    )


@dataclass(frozen=True, slots=True)
class _Offers:
    tables: Tables
    profiles: Profiles
    wanted: NDArray[np.int64]
    depth: int
    share: float

    def examples(self, users: NDArray[np.intp]) -> Examples:
        """Return the examples of those users who are offered what they took."""
        hybrid, profiles = self.tables.hybrid, self.profiles.rows(users)
        rankings = hybrid.best(hybrid.scores(profiles), self.depth, unseen(profiles))
        hit = np.array([self.wanted[u] in r.items for u, r in zip(users, rankings, strict=True)], dtype=bool)
        if not hit.any():
            return Examples.none()
        wanted, profiles = self.wanted[users[hit]], profiles.rows(np.flatnonzero(hit))
        candidates = candidates_of([rankings[row] for row in np.flatnonzero(hit)], self.depth)
        taken = candidates.item == wanted[candidates.row]
        kept = taken | (np.random.default_rng(users).random(taken.size) < self.share)
        names, rows = features(self.tables, profiles, hybrid.scores(profiles), candidates.select(kept))
        sizes = np.bincount(candidates.row[kept], minlength=wanted.size)
        return Examples(names, rows, taken[kept], sizes)


def unseen(profiles: Profiles) -> Iterator[NDArray[np.bool_]]:
    """Yield for each user which items they do not have."""
    for start, end in zip(profiles.bounds[:-1], profiles.bounds[1:], strict=True):
        mask = np.ones(profiles.n_items, dtype=bool)
        mask[profiles.item[start:end]] = False
        yield mask
