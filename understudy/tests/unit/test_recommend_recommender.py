from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from shops import (
    N_KINDS,
    PER_KIND,
    department_labels,
    departments,
    kinds,
    random_events,
    sequences,
)

from understudy.engines.recommend import Events, Histories, Profiles, Ranking, Recommender, recommender
from understudy.engines.recommend.examples import HeldOut
from understudy.engines.recommend.links import Pairs
from understudy.engines.recommend.tables import Tables

N_USERS, N_ITEMS = 900, N_KINDS * PER_KIND
WALKS = departments(N_USERS)
SHOP = sequences([walk[:-1] for walk in WALKS], N_ITEMS)
PROFILES = Profiles.of(SHOP)


@pytest.fixture(scope="module")
def model() -> Recommender:
    """A model of users whose next kind of item is learned."""
    return Recommender.fit(SHOP, department_labels())


def everyone(model: Recommender, limit: int) -> list[Ranking]:
    """Return a ranking for each user."""
    return list(model.rank(PROFILES, np.arange(N_USERS), limit))


def hits(model: Recommender) -> float:
    """Return for how many users the item that they took next is among the first ten."""
    return float(
        np.mean([walk[-1] in each.items for walk, each in zip(WALKS, everyone(model, 10), strict=True)])
    )


def counts(tables: Tables) -> NDArray[np.float64]:
    """Return the number of events of each item that were counted."""
    return np.asarray(np.round(np.expm1(tables.items[:, 0].astype(float))))


def test_what_is_learned_is_used_and_predicts_better(model: Recommender) -> None:
    """Items of the next kind are recommended although few pairs show it."""
    assert model.ranker is not None
    assert hits(model) > 1.3 * hits(replace(model, ranker=None))


def test_learned_order_gives_out_the_scores_of_retrieval(model: Recommender) -> None:
    """The hundred best stay the hundred best; scores fall and sum to one over the catalogue."""
    depth = model.params.candidates
    for new, old in zip(
        everyone(model, N_ITEMS), everyone(replace(model, ranker=None), N_ITEMS), strict=True
    ):
        assert new.scores.tolist() == old.scores.tolist()
        assert (np.diff(new.scores) <= 0).all()
        assert new.scores.sum() == pytest.approx(1.0)
        assert set(new.items[:depth].tolist()) == set(old.items[:depth].tolist())
        assert new.items[depth:].tolist() == old.items[depth:].tolist()


def test_what_users_have_stays_where_retrieval_puts_it(model: Recommender) -> None:
    """The learned order, which knows only new items, does not favour those that a user has."""
    for user, (new, old) in enumerate(
        zip(everyone(model, 50), everyone(replace(model, ranker=None), 50), strict=True)
    ):
        owned = np.isin(old.items, WALKS[user][:-1])
        assert new.items[owned].tolist() == old.items[owned].tolist()


def test_users_without_a_history_get_the_popular_items(model: Recommender) -> None:
    """There is nothing to learn an order from."""
    [ranking] = model.rank(PROFILES, np.array([-1]), 10)

    assert ranking.items.tolist() == model.tables.hybrid.popular[:10].tolist()


@pytest.mark.parametrize("size", [1, 7, N_USERS])
def test_chunks_change_no_ranking(model: Recommender, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Users may repeat and be unknown; each gets the same list as alone, by their own mask."""
    users = np.random.default_rng(0).integers(-1, N_USERS, 60)
    masks = np.random.default_rng(1).random((60, N_ITEMS)) < 0.4
    masks[3] = False
    alone = [
        next(model.rank(PROFILES, users[[place]], 12, lambda _, mask=mask: mask))  # type: ignore[misc]
        for place, mask in enumerate(masks)
    ]

    monkeypatch.setattr(recommender, "_CHUNK_USERS", size)
    together = list(model.rank(PROFILES, users, 12, lambda place: masks[place]))

    assert [each.items.tolist() for each in together] == [each.items.tolist() for each in alone]
    assert [each.scores.tolist() for each in together] == [each.scores.tolist() for each in alone]
    assert all(mask[each.items].all() for mask, each in zip(masks, together, strict=True))
    assert together[3].items.size == 0


def test_the_same_data_gives_the_same_rankings(model: Recommender, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second fit, on a machine with another number of cores, orders everything alike."""
    monkeypatch.setattr("os.cpu_count", lambda: 3)

    again = Recommender.fit(SHOP, department_labels())

    assert again.params == model.params
    for first, second in zip(everyone(model, 20), everyone(again, 20), strict=True):
        assert first.items.tolist() == second.items.tolist()


def test_latest_events_are_counted_only_by_a_refit() -> None:
    """Without one they are known to the choice alone; counting afterwards makes up for it."""
    shop = Histories.of(random_events())
    known = HeldOut.of(shop).histories

    strict = Recommender.fit(shop, kinds(), refit=False)
    recounted = strict.counting(shop)
    refitted = Recommender.fit(shop, kinds())

    for fitted, of in ((strict, known), (recounted, shop), (refitted, shop)):
        pairs = Pairs.of(of, fitted.params)
        assert counts(fitted.tables).tolist() == np.bincount(of.events.item, minlength=60).tolist()
        assert (fitted.tables.hybrid.links != pairs.links(fitted.params)).nnz == 0


def shuffled(events: Events, seed: int) -> Events:
    """Return the same events in another order of rows."""
    return events.select(np.random.default_rng(seed).permutation(events.user.size))


@pytest.mark.parametrize("at_once", [True, False])
def test_order_of_rows_changes_no_ranking(*, at_once: bool) -> None:
    """Only times carry order, also in histories that are longer than the pairs that are counted."""
    random = np.random.default_rng(0)
    size = 600
    events = Events(
        user=random.integers(0, 8, size).astype(np.int32),
        item=random.integers(0, 60, size).astype(np.int32),
        time=np.zeros(size, np.int64) if at_once else random.integers(0, 9, size),
        weight=random.choice([1.0, 0.1], size).astype(np.float32),
        n_users=8,
        n_items=60,
    )

    lists = []
    for each in (events, shuffled(events, 1)):
        shop = Histories.of(each)
        found = Recommender.fit(shop, kinds()).rank(Profiles.of(shop), np.arange(-1, 8), 60)
        lists.append([(ranking.items.tolist(), ranking.scores.tolist()) for ranking in found])

    assert lists[0] == lists[1]
