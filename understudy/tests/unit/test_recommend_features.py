import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shops import N_ITEMS, N_USERS, catalogue, kinds, random_events

from understudy.engines.recommend import Histories, Profiles, Ranking
from understudy.engines.recommend.examples import candidates_of
from understudy.engines.recommend.features import Candidates, features
from understudy.engines.recommend.links import HybridParams, Pairs
from understudy.engines.recommend.tables import Tables

DEPTH = 12
PARAMS = HybridParams()
seeds = st.integers(0, 2**32 - 1)

Vector = NDArray[np.float64]


def counted(shop: Histories) -> Tables:
    """Return the tables of a shop of five kinds of items."""
    return Tables.of(shop, Pairs.of(shop, PARAMS), catalogue(kinds()), PARAMS)


def offered(
    tables: Tables, shop: Histories, users: NDArray[np.intp]
) -> tuple[list[Ranking], Candidates, tuple[str, ...], NDArray[np.float32]]:
    """Return the rankings of users, the candidates, and their named features."""
    profiles = Profiles.of(shop).rows(users)
    scores = tables.hybrid.scores(profiles)
    rankings = tables.hybrid.best(scores, DEPTH)
    candidates = candidates_of(rankings, DEPTH)
    return rankings, candidates, *features(tables, profiles, scores, candidates)


def unit(vector: Vector) -> Vector:
    """Return the vector scaled to length 1; zeros stay."""
    return vector / (np.linalg.norm(vector) or 1.0)


class Dense:
    """Features computed from arrays without a gap, one user at a time."""

    def __init__(self, tables: Tables, shop: Histories) -> None:
        self.hybrid, self.factors = tables.hybrid, tables.factors
        self.links, self.content = self.hybrid.links.toarray(), self.hybrid.content.toarray()
        self.both_ways, self.direct = tables.both_ways.toarray(), tables.direct.toarray()
        self.labels, self.lifts = tables.labels.vectors.toarray(), tables.labels.lifts.toarray()
        self.shop, self.item = shop, shop.events.item

    def history(self, user: int, decay: float) -> Vector:
        """Return the weights of a user's items."""
        own = self.shop.events.user == user
        weight = self.shop.events.weight[own] * decay ** self.shop.age[own].astype(float)
        return np.bincount(self.item[own], weight, N_ITEMS).astype(float)

    def latest(self, user: int) -> Vector:
        """Return the shares of the items of a user's latest time."""
        own = (self.shop.events.user == user) & (self.shop.age == 0)
        weight = np.bincount(self.item[own], self.shop.events.weight[own], N_ITEMS)
        return weight / (weight.sum() or 1.0)

    def mean(self, values: NDArray[np.generic]) -> Vector:
        """Return the mean of the events of each item, 0 for an item without events."""
        return np.array(
            [values[self.item == item].mean() if item in self.item else 0 for item in range(N_ITEMS)]
        )

    def of_user(self, user: int) -> dict[str, Vector]:
        """Return every feature of every item for a user."""
        history, latest, ever = self.history(user, 0.9), self.latest(user), self.history(user, 1.0)
        linked, alike = self.history(user, 0.6) @ self.links, self.history(user, 0.7) @ self.content
        linked, alike = linked / (linked.max() or 1.0), alike / (alike.max() or 1.0)
        score = linked + 0.4 * alike + self.hybrid.popularity
        score = score / score.sum()
        popularity = np.log1p(np.bincount(self.item, minlength=N_ITEMS))
        everywhere = np.ones(N_ITEMS)
        source, target, place = self.factors.source, self.factors.target, self.factors.place
        return {
            "score": score,
            "share_of_best": score / score.max(),
            "linked": linked,
            "alike": alike,
            "popularity": popularity,
            "last": self.mean(self.shop.age == 0),
            "age": self.mean(np.minimum(self.shop.age, 20)),
            "long": self.mean(np.minimum(self.shop.length, 20)),
            "length": everywhere * (self.shop.events.user == user).sum(),
            "popularity_of_latest": everywhere * (latest @ popularity),
            "popularity_of_history": everywhere * (ever @ popularity) / (ever.sum() or 1.0),
            "direct": latest @ self.direct,
            "linked_latest": latest @ self.links,
            "both_ways_latest": latest @ self.both_ways,
            "followed_latest": target @ (latest @ source),
            "near_latest": place @ unit(latest @ place),
            "both_ways": history @ self.both_ways,
            "followed": target @ (history @ source),
            "near": place @ unit(history @ place),
            "labels_latest": self.labels @ (latest @ self.labels @ self.lifts),
        }


@settings(max_examples=5)
@given(seed=seeds)
def test_every_feature_equals_a_direct_computation(seed: int) -> None:
    """Sparse look-ups leave nothing out, for users with and without events, at tied times and not."""
    shop = Histories.of(random_events(seed))
    tables = counted(shop)
    dense = Dense(tables, shop)

    rankings, candidates, names, rows = offered(tables, shop, np.arange(N_USERS))

    for user, ranking in enumerate(rankings):
        expected = {name: values[ranking.items] for name, values in dense.of_user(user).items()}
        expected["place"] = np.arange(ranking.items.size)
        found = dict(zip(names, rows[candidates.row == user].T, strict=True))
        assert found.keys() == expected.keys()
        for name, values in expected.items():
            assert found[name] == pytest.approx(values, rel=1e-3, abs=1e-4), name


@settings(max_examples=5)
@given(seed=seeds, size=st.integers(1, N_USERS))
def test_features_are_the_same_whatever_the_chunks(seed: int, size: int) -> None:
    """A user's features do not depend on who else is computed at the same time."""
    shop = Histories.of(random_events(seed))
    tables = counted(shop)
    *_, together = offered(tables, shop, np.arange(N_USERS))

    chunks = np.array_split(np.arange(N_USERS), N_USERS // size)

    assert np.vstack([offered(tables, shop, chunk)[-1] for chunk in chunks]).tolist() == together.tolist()


@settings(max_examples=5)
@given(seed=seeds, share=st.sampled_from([0.0, 0.3, 0.9]))
def test_sampled_candidates_have_the_features_of_all(seed: int, share: float) -> None:
    """Leaving candidates out changes nothing for those that stay, their place included."""
    shop = Histories.of(random_events(seed))
    tables = counted(shop)
    users = np.arange(N_USERS)
    _, candidates, _, rows = offered(tables, shop, users)
    kept = np.random.default_rng(seed).random(candidates.row.size) < share
    profiles = Profiles.of(shop).rows(users)

    _, sampled = features(tables, profiles, tables.hybrid.scores(profiles), candidates.select(kept))

    assert sampled.tolist() == rows[kept].tolist()
