"""From imported tables to a fitted model."""

import numpy as np

from understudy.engines.recommend import Histories, Profiles, Recommender, Split, evaluate
from understudy.personalize.catalogue import item_content
from understudy.personalize.errors import JobFailedError
from understudy.personalize.interactions import select_interactions
from understudy.personalize.plan import TrainingPlan
from understudy.personalize.trained import Items, PersonalModel

_MIN_EVENTS = 1_000
_MIN_USERS = 25
_MIN_EVENTS_EACH = 2
_MIN_USER_SHARE = 0.01


def train(plan: TrainingPlan) -> PersonalModel:
    """Return a model that counts all of `plan`, with the metrics of the one without a tenth of the users.

    Raises JobFailedError with AWS's reason when there is too little data to train on. The Users
    dataset is not used: the model has no features of users.
    """
    selected = select_interactions(plan)
    histories = Histories.of(selected.events)
    _check_size(histories, plan.events.filtered_types)
    content, split = item_content(plan, selected.items), Split.of(histories)
    trial = Recommender.fit(Histories.of(split.train), content)
    return PersonalModel(
        model=trial.counting(histories),
        profiles=Profiles.of(histories),
        users={user: code for code, user in enumerate(selected.users)},
        items=Items(selected.items),
        satisfaction=selected.satisfaction,
        metrics=evaluate(trial, split),
    )


def _check_size(histories: Histories, event_types: str) -> None:
    counts = np.bincount(histories.events.user, minlength=histories.events.n_users)
    if counts.sum() < _MIN_EVENTS:
        by_type = f" by event type: {event_types}" if event_types else ""
        raise JobFailedError(f"Dataset has fewer than {_MIN_EVENTS} interactions after filtering{by_type}")
    active = int(np.count_nonzero(counts >= _MIN_EVENTS_EACH))
    if active < _MIN_USERS:
        raise JobFailedError(
            f"Dataset has fewer than {_MIN_USERS} users with at least {_MIN_EVENTS_EACH} interactions each."
        )
    if active < _MIN_USER_SHARE * counts.size:
        raise JobFailedError(
            f"Less than {_MIN_USER_SHARE:.0%} of users have at least {_MIN_EVENTS_EACH} interactions each."
        )
