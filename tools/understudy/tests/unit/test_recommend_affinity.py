import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.understudy.tests.shops import (
    N_KINDS,
    PER_KIND,
    department_labels,
    departments,
    histories,
    kinds,
    nothing_known,
    random_events,
    sequences,
)
from understudy.engines.recommend import Histories, SegmentSplit, UserAffinity, segment_metrics

seeds = st.integers(0, 2**32 - 1)


def ranked(model: UserAffinity, *items: int, limit: int = 10, allowed: np.ndarray | None = None) -> list[int]:
    """Return the users for items."""
    return [int(user) for user in model.users(np.array(items, dtype=np.intp), limit, allowed)]


def test_users_with_the_item_come_first_then_those_with_what_goes_with_it() -> None:
    """And then the rest, the most active first."""
    shop = sequences([[0, 1], [0, 1], [1, 2], [3], [4, 5, 6]], n_items=7)
    model = UserAffinity.of(shop, nothing_known(7))
    found = ranked(model, 0)
    assert set(found[:2]) == {0, 1}
    assert found[2:] == [2, 4, 3]


def test_a_recent_interest_counts_more_than_an_old_one() -> None:
    """The same items in another order."""
    shop = sequences([[0, 5, 6, 7], [5, 6, 7, 0]], n_items=8)
    assert ranked(UserAffinity.of(shop, nothing_known(8)), 0) == [1, 0]


def test_an_item_that_nobody_has_is_wanted_for_its_description() -> None:
    """Users of its kind are its segment."""
    shop = sequences([[0, 2], [1, 3], [0, 2]], n_items=6)
    found = ranked(UserAffinity.of(shop, kinds(6)), 4, limit=2)
    assert set(found) <= {0, 1, 2}
    both = ranked(UserAffinity.of(shop, nothing_known(6)), 4)
    assert both == [0, 1, 2]  # nothing is known: all are as active


def test_several_items_are_wanted_together() -> None:
    """Somebody with both comes before those with one."""
    shop = sequences([[0], [1], [0, 1], [2]], n_items=3)
    assert ranked(UserAffinity.of(shop, nothing_known(3)), 0, 1, limit=1) == [2]


def test_no_items_are_everybody_by_activity() -> None:
    """So is an item that nothing speaks for."""
    shop = sequences([[0], [0, 1, 2], [0, 1]], n_items=4)
    model = UserAffinity.of(shop, nothing_known(4))
    assert ranked(model) == [1, 2, 0]
    assert ranked(model, 3) == [1, 2, 0]


@pytest.mark.parametrize("limit", [0, 1, 3, 100])
def test_only_the_allowed_users_are_in_a_segment(limit: int) -> None:
    """As many as wanted, and each once."""
    model = UserAffinity.of(
        sequences(departments(60), n_items=N_KINDS * PER_KIND), nothing_known(N_KINDS * PER_KIND)
    )
    allowed = np.arange(model.n_users) % 3 == 0
    found = ranked(model, 1, limit=limit, allowed=allowed)
    assert len(found) == len(set(found)) == min(limit, int(allowed.sum()))
    assert all(user % 3 == 0 for user in found)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, limit=st.integers(1, 12))
def test_a_short_segment_is_the_beginning_of_a_long_one(seed: int, limit: int) -> None:
    """The limit chooses, and does not change the order."""
    shop = Histories.of(random_events(seed))
    model = UserAffinity.of(shop, nothing_known(shop.events.n_items))
    whole = ranked(model, 0, 1, limit=model.n_users)
    assert sorted(whole) == list(range(model.n_users))
    assert ranked(model, 0, 1, limit=limit) == whole[:limit]


@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_without_some_users_the_others_keep_their_order(seed: int) -> None:
    """They get new codes, and none is there that was left out."""
    shop = Histories.of(random_events(seed))
    model = UserAffinity.of(shop, nothing_known(shop.events.n_items))
    kept = np.flatnonzero(np.arange(model.n_users) % 3 > 0)
    left = model.of_users(kept)
    before = [user for user in ranked(model, 0, limit=model.n_users) if user in set(kept.tolist())]
    assert [int(kept[user]) for user in ranked(left, 0, limit=model.n_users)] == before


def test_the_latest_fifth_of_a_history_is_held_back() -> None:
    """Of ten steps two, of five one, of four none; and the truth is who took the item then."""
    shop = sequences([list(range(10)), list(range(5)), list(range(4))], n_items=10)
    split = SegmentSplit.of(shop)
    assert split.truth == {8: {0}, 9: {0}, 4: {1}}
    assert split.train.user.size == 8 + 4 + 4


def test_metrics_count_the_users_who_took_an_item() -> None:
    """With departments, users are found far better than by chance; keys are those of segments."""
    shop = sequences(departments(400), n_items=N_KINDS * PER_KIND)
    split = SegmentSplit.of(shop)
    model = UserAffinity.of(Histories.of(split.train), department_labels())
    metrics = segment_metrics(model, split)
    assert set(metrics) == {"coverage"} | {
        f"{kind}_at_{cut}_percent" for kind in ("hits", "recall") for cut in (1, 5, 10)
    }
    assert metrics["coverage"] == 1
    assert metrics["hits_at_1_percent"] <= metrics["hits_at_5_percent"] <= metrics["hits_at_10_percent"]
    assert 0 <= metrics["recall_at_1_percent"] <= metrics["recall_at_10_percent"] <= 1


def test_nothing_to_measure_is_zero() -> None:
    """Histories of one step hold nothing back."""
    shop = histories([(0, 0, 1, 1.0), (1, 1, 1, 1.0)])
    split = SegmentSplit.of(shop)
    metrics = segment_metrics(UserAffinity.of(Histories.of(split.train), nothing_known(2)), split)
    assert (metrics["hits_at_10_percent"], metrics["recall_at_10_percent"], metrics["coverage"]) == (0, 0, 1)
