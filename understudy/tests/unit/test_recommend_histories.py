import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shops import N_EVENTS, histories, random_events

from understudy.engines.recommend import Histories

seeds = st.integers(0, 2**32 - 1)


def test_steps_and_ages_count_distinct_times() -> None:
    """Events at the same time share a step, and the latest has age 0."""
    found = histories([(1, 0, 7, 1.0), (0, 0, 9, 1.0), (0, 1, 3, 1.0), (0, 2, 3, 1.0)])

    assert found.events.user.tolist() == [0, 0, 0, 1]
    assert found.step.tolist() == [0, 0, 1, 0]
    assert found.age.tolist() == [1, 1, 0, 0]
    assert found.length.tolist() == [3, 3, 3, 1]


@settings(max_examples=30)
@given(seed=seeds)
def test_steps_are_a_users_distinct_times(seed: int) -> None:
    """Steps and ages number the sorted times of each user, and the length is the number of events."""
    found = Histories.of(random_events(seed))

    for user in np.unique(found.events.user):
        own = found.events.user == user
        distinct, step = np.unique(found.events.time[own], return_inverse=True)
        assert found.step[own].tolist() == step.tolist()
        assert found.age[own].tolist() == (distinct.size - 1 - step).tolist()
        assert (found.length[own] == own.sum()).all()


@settings(max_examples=30)
@given(seed=seeds)
def test_the_order_of_rows_means_nothing(seed: int) -> None:
    """Histories are the same whatever the order of the events, also of those at the same time."""
    events = random_events(seed)
    shuffled = events.select(np.random.default_rng(seed).permutation(N_EVENTS))

    first, second = Histories.of(events), Histories.of(shuffled)

    for name in ("user", "item", "time", "weight"):
        assert getattr(first.events, name).tolist() == getattr(second.events, name).tolist()
    assert first.step.tolist() == second.step.tolist()
