import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shops import histories, nothing_known, random_events, sequences

from understudy.engines.recommend import Histories, Recommender, Split, evaluate

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=30)
@given(seed=seeds)
def test_evaluation_uses_users_held_back_from_the_fit(seed: int) -> None:
    """A tenth of users is tested; their events are either given or to be predicted, never trained on."""
    shop = Histories.of(random_events(seed))
    events = shop.events

    split = Split.of(shop, seed=seed)

    testable = np.unique(events.user[shop.length > 1])
    tested = set(split.truth)
    assert len(tested) == math.ceil(testable.size / 10)
    assert tested <= set(testable.tolist())
    assert sorted(split.train.user.tolist()) == sorted(user for user in events.user if user not in tested)
    for user, truth in split.truth.items():
        own = events.user == user
        given_items = split.given.events.item[split.given.events.user == user]
        late = math.ceil(own.sum() / 10)
        assert given_items.size == own.sum() - late
        assert truth | set(given_items.tolist()) == set(events.item[own].tolist())
        newest = events.item[own & (events.time >= np.sort(events.time[own])[-late])]
        assert truth <= set(newest.tolist())


def test_chance_decides_which_of_one_time_is_predicted() -> None:
    """Items at the same time have no order, so none is always the one to predict."""
    split = Split.of(histories([(user, item, 7, 1.0) for user in range(900) for item in range(3)]))

    assert np.bincount([item for truth in split.truth.values() for item in truth]).min() > 10


def test_a_perfect_model_gets_perfect_metrics() -> None:
    """Users who always choose item 1 after item 0 are predicted perfectly, with AWS's discount."""
    split = Split.of(sequences([[0, 1]] * 40, n_items=30))
    model = Recommender.fit(Histories.of(split.train), nothing_known(30))

    metrics = evaluate(model, split)

    assert metrics["mean_reciprocal_rank_at_25"] == 1
    assert metrics["normalized_discounted_cumulative_gain_at_5"] == 1
    assert metrics["precision_at_5"] == pytest.approx(0.2)
