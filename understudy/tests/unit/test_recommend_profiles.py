import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shops import N_ITEMS, N_USERS, random_events, sequences

from understudy.engines.recommend import Histories, Profiles

seeds = st.integers(0, 2**32 - 1)


def decayed(histories: Histories, decay: float) -> NDArray[np.float64]:
    """Sum users' events, one after the other."""
    found = np.zeros((N_USERS, N_ITEMS))
    events = histories.events
    for user, item, weight, age in zip(events.user, events.item, events.weight, histories.age, strict=True):
        found[user, item] += weight * decay ** int(age)
    return found


def latest(histories: Histories) -> NDArray[np.float64]:
    """Return the shares of the events of each user's latest time."""
    found = np.zeros((N_USERS, N_ITEMS))
    events = histories.events
    for user in np.unique(events.user):
        own = (events.user == user) & (events.time == events.time[events.user == user].max())
        np.add.at(found[user], events.item[own], events.weight[own])
        found[user] /= found[user].sum() or 1
    return found


@settings(max_examples=20)
@given(seed=seeds, decay=st.sampled_from([0.0, 0.6, 1.0]))
def test_profiles_equal_a_direct_sum_of_events(seed: int, decay: float) -> None:
    """Older events weigh less by their step; the shares of the latest step sum to one."""
    histories = Histories.of(random_events(seed))
    profiles = Profiles.of(histories).rows(np.arange(N_USERS))

    assert profiles.decayed(decay).toarray() == pytest.approx(decayed(histories, decay), rel=1e-5)
    assert profiles.latest().toarray() == pytest.approx(latest(histories), rel=1e-5)


@settings(max_examples=30)
@given(seed=seeds)
def test_rows_are_the_wanted_users_in_the_wanted_order(seed: int) -> None:
    """Users may repeat; a negative code has no events."""
    profiles = Profiles.of(Histories.of(random_events(seed)))
    users = np.random.default_rng(seed).integers(-1, N_USERS, 30)

    found = profiles.rows(users)

    everyone = np.vstack([profiles.decayed(0.7).toarray()[:N_USERS], np.zeros(N_ITEMS)])
    assert found.decayed(0.7).toarray().tolist() == everyone[users].tolist()
    assert found.length.tolist() == np.append(profiles.length[:N_USERS], 0)[users].tolist()


@settings(max_examples=20)
@given(seed=seeds)
def test_joined_profiles_are_those_of_their_users(seed: int) -> None:
    """One after the other, whether some have later events or not; whoever is unknown comes last."""
    profiles = Profiles.of(Histories.of(random_events(seed)))
    later = np.array([1, 2], dtype=np.int32), np.ones(2, dtype=np.float32), np.array([7, 8])
    singles = [profiles.rows(np.array([user])) for user in (0, 2, -1)]
    singles[1] = singles[1].followed_by(*later)

    found = Profiles.joined(singles)

    each = np.vstack([one.decayed(0.7).toarray()[:1] for one in singles])
    assert found.decayed(0.7).toarray().tolist() == [*each.tolist(), [0.0] * N_ITEMS]


def test_no_users_have_no_rows() -> None:
    """An empty request is not an error."""
    found = Profiles.of(sequences([[0, 1]])).rows(np.array([], dtype=np.intp))

    assert found.decayed(1.0).shape == (0, 2)


def test_only_the_last_fifty_steps_are_kept() -> None:
    """Items from long ago neither count nor cost anything."""
    profiles = Profiles.of(sequences([range(60)]))

    assert profiles.decayed(1.0).indices.tolist() == list(range(10, 60))


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32 - 1))
def test_without_some_users_the_others_are_as_they_were(seed: int) -> None:
    """Those that were left out have a profile without events, as unknown users have."""
    events = random_events(seed)
    profiles = Profiles.of(Histories.of(events))
    gone = np.array([0, 3, N_USERS - 1])
    left = profiles.without(gone)
    before, after = profiles.decayed(0.6).toarray(), left.decayed(0.6).toarray()
    for user in range(N_USERS):
        expected = np.zeros_like(before[user]) if user in gone else before[user]
        assert after[user].tolist() == expected.tolist()
    assert left.length[gone].tolist() == [0, 0, 0]
    assert left.bounds.size == profiles.bounds.size
