import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shops import (
    N_ITEMS,
    N_USERS,
    catalogue,
    histories,
    kinds,
    nothing_known,
    random_events,
)

from understudy.engines.recommend import Histories, ItemContent, Profiles, Ranking
from understudy.engines.recommend.hybrid import HybridModel
from understudy.engines.recommend.links import HybridParams, Pairs

PARAMS = HybridParams()
seeds = st.integers(0, 2**32 - 1)


def fitted(of: Histories, content: ItemContent) -> HybridModel:
    """Return the model of histories."""
    return HybridModel.of(Pairs.of(of, PARAMS), catalogue(content).similar, of.events, PARAMS)


def ranked(
    model: HybridModel,
    of: Histories,
    users: list[int],
    limit: int,
    mask: NDArray[np.bool_] | None = None,
) -> list[Ranking]:
    """Return a ranking for each of `users`, all with the same mask."""
    profiles = Profiles.of(of).rows(np.array(users))
    return model.best(model.scores(profiles), limit, [mask] * len(users))


def dense_scores(model: HybridModel, of: Histories) -> NDArray[np.float64]:
    """Score every item for every user straight from the formula."""
    profiles = Profiles.of(of)
    linked = (profiles.decayed(0.6) @ model.links).toarray().astype(float)
    alike = (profiles.decayed(0.7) @ model.content).toarray().astype(float)
    for scores in (linked, alike):
        top = scores.max(axis=1, keepdims=True)
        np.divide(scores, top, out=scores, where=top > 0)
    count = np.bincount(of.events.item, of.events.weight, of.events.n_items)
    popularity = np.log1p(count) / np.log1p(count).max()
    return np.asarray(linked + 0.4 * alike + 0.2 * popularity)


@settings(max_examples=10)
@given(seed=seeds, limit=st.sampled_from([1, 7, N_ITEMS, N_ITEMS + 10]))
def test_rankings_equal_those_from_scoring_every_item(seed: int, limit: int) -> None:
    """At any length, only touched items and the popular head need to be looked at."""
    shop = Histories.of(random_events(seed))
    model = fitted(shop, kinds())
    dense = dense_scores(model, shop)

    for user, ranking in enumerate(ranked(model, shop, [*range(N_USERS)], limit)):
        best = np.sort(dense[user])[::-1][:limit]
        assert ranking.scores == pytest.approx(best / dense[user].sum(), rel=1e-4)
        assert ranking.scores == pytest.approx(dense[user][ranking.items] / dense[user].sum(), rel=1e-4)
        assert len(set(ranking.items.tolist())) == min(limit, N_ITEMS)


@settings(max_examples=10)
@given(seed=seeds, share=st.sampled_from([0.0, 0.1, 0.5]))
def test_masked_items_are_never_recommended_and_others_fill_the_list(seed: int, share: float) -> None:
    """With some of the items allowed, the list has the best of those."""
    shop = Histories.of(random_events(seed))
    model = fitted(shop, kinds())
    mask = np.random.default_rng(seed).random(N_ITEMS) < share
    dense = dense_scores(model, shop)

    for user, ranking in enumerate(ranked(model, shop, [*range(N_USERS)], 10, mask)):
        best = np.sort(dense[user][mask])[::-1][:10]
        assert mask[ranking.items].all()
        assert ranking.scores == pytest.approx(best / dense[user].sum(), rel=1e-4)


def test_users_without_a_liked_interaction_get_the_popular_items() -> None:
    """Unknown users, users without events and those whose events weigh nothing get the same list."""
    shop = Histories.of(random_events())
    model = fitted(shop, kinds())

    for ranking in ranked(model, shop, [-1, 0, 1], 8):
        assert ranking.items.tolist() == model.popular[:8].tolist()


def test_equally_popular_items_are_ordered_by_evidence() -> None:
    """Two half-liked interactions are better evidence than one liked; no evidence comes last."""
    shop = histories([(0, 1, 0, 1), (1, 2, 0, 0.5), (2, 2, 0, 0.5), (3, 3, 0, 1), (4, 3, 0, 1)], n_items=5)

    [ranking] = ranked(fitted(shop, nothing_known(5)), shop, [-1], 5)

    assert ranking.items.tolist() == [3, 2, 1, 0, 4]


def test_a_history_of_dislikes_still_ranks_its_own_category_first() -> None:
    """A weight of 0.1 for everything says where a customer shops, though not what for."""
    random = np.random.default_rng(0)
    kind = random.integers(0, 3, 60)
    shop = histories(
        [
            (user, int(kind[user] * 10 + random.integers(10)), time, 0.1 if user < 6 else 1.0)
            for user in range(60)
            for time in range(3)
        ],
        n_items=30,
    )
    labels = [[f"kind{item // 10}"] for item in range(30)]
    model = fitted(shop, ItemContent(labels=labels, texts=[""] * 30))

    for user, ranking in enumerate(ranked(model, shop, [*range(6)], 5)):
        assert (ranking.items // 10 == kind[user]).all()


@settings(max_examples=10)
@given(seed=seeds)
def test_scores_sum_to_one_over_the_catalogue(seed: int) -> None:
    """A score is a share, so lists of different users can be compared."""
    shop = Histories.of(random_events(seed))

    rankings = ranked(fitted(shop, kinds()), shop, [*range(N_USERS)], N_ITEMS)

    assert [ranking.scores.sum() for ranking in rankings] == pytest.approx([1.0] * N_USERS)


def test_having_an_item_does_not_raise_its_score() -> None:
    """A user's only item is scored by its popularity alone."""
    shop = histories([(0, 0, 1, 1), (1, 1, 1, 1), (1, 2, 2, 1)], n_items=4)
    labels = [["a"], ["a"], ["b"], ["c"]]

    [ranking] = ranked(fitted(shop, ItemContent(labels=labels, texts=[""] * 4)), shop, [0], 3)

    assert ranking.items[0] == 1


def test_items_without_interactions_are_recommended_by_content() -> None:
    """An item that has only a category reaches users of that category."""
    shop = histories([(0, 0, 1, 1), (1, 2, 1, 1)], n_items=4)
    labels = [["red"], ["red"], ["blue"], ["blue"]]
    model = fitted(shop, ItemContent(labels=labels, texts=[""] * 4))

    first, second = ranked(model, shop, [0, 1], 1)

    assert (first.items.tolist(), second.items.tolist()) == ([1], [3])


@settings(max_examples=10)
@given(seed=seeds, limit=st.integers(1, 20))
def test_whatever_is_recommended_is_reachable(seed: int, limit: int) -> None:
    """Coverage counts every item that a list can contain."""
    shop = Histories.of(random_events(seed))
    model = fitted(shop, kinds())

    for ranking in ranked(model, shop, [-1, *range(N_USERS)], limit):
        assert model.reachable(limit)[ranking.items].all()
