from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shops import N_USERS, histories, random_events

from understudy.engines.recommend import Histories
from understudy.engines.recommend.examples import HeldOut

seeds = st.integers(0, 2**32 - 1)


def bags(of: Histories) -> Counter[tuple[int, int]]:
    """Count the events of each user and item."""
    return Counter(zip(of.events.user.tolist(), of.events.item.tolist(), strict=True))


@settings(max_examples=30)
@given(seed=seeds)
def test_one_of_the_latest_events_is_held_out_and_nothing_else_changes(seed: int) -> None:
    """Held-out and remaining events are together those that there were, and none is newer than its own."""
    shop = Histories.of(random_events(seed))

    found = HeldOut.of(shop)

    assert found.items.size == N_USERS
    held = Counter((user, int(item)) for user, item in enumerate(found.items) if item >= 0)
    assert bags(found.histories) + held == bags(shop)
    for user, item in enumerate(found.items):
        own = shop.events.user == user
        assert (item >= 0) == (own.sum() > 1)
        if item >= 0:
            assert item in shop.events.item[own & (shop.age == 0)]


def test_users_with_one_event_keep_it() -> None:
    """There would be nothing left to predict by."""
    found = HeldOut.of(histories([(0, 3, 1, 1.0), (1, 2, 1, 1.0), (1, 4, 2, 1.0)]))

    assert found.items.tolist() == [-1, 4]
    assert found.histories.events.item.tolist() == [3, 2]


def test_chance_decides_within_the_latest_step() -> None:
    """Of items at the same time each is held out about as often, by a seed alike every time."""
    shop = histories([(user, item, 7, 1.0) for user in range(300) for item in range(3)])

    found = HeldOut.of(shop, seed=1).items

    assert np.bincount(found).min() > 70
    assert found.tolist() == HeldOut.of(shop, seed=1).items.tolist()
    assert found.tolist() != HeldOut.of(shop, seed=2).items.tolist()


def test_a_sample_of_users_has_only_those_with_a_held_out_item() -> None:
    """All of them in order if there are few enough, else as many as wanted."""
    found = HeldOut.of(histories([(user, item, item, 1.0) for user in range(50) for item in range(user % 3)]))
    everyone = [user for user in range(50) if user % 3 == 2]

    assert found.users(100).tolist() == everyone
    some = found.users(5).tolist()
    assert len(set(some)) == 5
    assert set(some) < set(everyone)
    assert some == sorted(some)


def test_no_events_are_held_out_of_none() -> None:
    """An empty shop is not an error."""
    nothing = np.zeros(random_events().user.size, dtype=bool)

    found = HeldOut.of(Histories.of(random_events().select(nothing)))

    assert (found.items == -1).all()
