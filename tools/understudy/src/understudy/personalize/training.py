"""From imported tables to a fitted model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from understudy.engines.recommend import (
    Histories,
    ItemContent,
    PopularItems,
    Profiles,
    Recommender,
    RelatedItems,
    Split,
    evaluate,
    measured,
)
from understudy.engines.recommend.evaluation import DEPTH
from understudy.personalize import recipes
from understudy.personalize.catalogue import item_content
from understudy.personalize.errors import JobFailedError
from understudy.personalize.interactions import Selected, select_interactions
from understudy.personalize.plan import TrainingPlan
from understudy.personalize.trained import (
    ItemModel,
    Items,
    PersonalModel,
    PopularModel,
    RelatedModel,
)

_MIN_EVENTS = 1_000
_MIN_USERS = 25
_MIN_EVENTS_EACH = 2
_MIN_USER_SHARE = 0.01


@dataclass(frozen=True)
class _Material:
    """What is trained on: histories of all users, and the catalogue."""

    selected: Selected
    histories: Histories
    content: ItemContent

    @cached_property
    def split(self) -> Split:
        """Users held back for the metrics."""
        return Split.of(self.histories)

    @property
    def items(self) -> Items:
        return Items(self.selected.items)


def train(plan: TrainingPlan, recipe_arn: str = recipes.USER_PERSONALIZATION_V2) -> ItemModel:
    """Return a model that counts all of `plan`, with the metrics of the one without a tenth of the users.

    Raises JobFailedError with AWS's reason when there is too little data to train on. The Users
    dataset is not used: the model has no features of users.
    """
    selected = select_interactions(plan)
    histories = Histories.of(selected.events)
    _check_size(histories, plan.events.filtered_types)
    content = item_content(plan, selected.items)
    fit = _FITS.get(recipe_arn, _personal)
    return fit(_Material(selected, histories, content))


def _personal(material: _Material) -> ItemModel:
    trial = Recommender.fit(Histories.of(material.split.train), material.content)
    return PersonalModel(
        model=trial.counting(material.histories),
        profiles=Profiles.of(material.histories),
        users={user: code for code, user in enumerate(material.selected.users)},
        items=material.items,
        satisfaction=material.selected.satisfaction,
        metrics=evaluate(trial, material.split),
    )


def _similar(material: _Material) -> ItemModel:
    trial = RelatedItems.of(Histories.of(material.split.train), material.content)
    model = RelatedItems.of(material.histories, material.content)
    return RelatedModel(model, material.items, _related_metrics(trial, material.split))


def _popular(material: _Material) -> ItemModel:
    trial = PopularItems.of(Histories.of(material.split.train))
    ranking = trial.first(DEPTH)
    reachable = np.zeros(trial.order.size, dtype=bool)
    reachable[ranking] = True
    metrics = measured([ranking] * len(material.split.truth), material.split, reachable)
    return PopularModel(PopularItems.of(material.histories), material.items, metrics)


_FITS: dict[str, Callable[[_Material], ItemModel]] = {
    recipes.SIMILAR_ITEMS: _similar,
    recipes.POPULARITY_COUNT: _popular,
}


def _related_metrics(model: RelatedItems, split: Split) -> dict[str, float]:
    """Measure how well users' next items are among those that go with the item before."""
    rankings = model.rank(_last_items(split.given, list(split.truth)), DEPTH)
    return measured(rankings, split, model.reachable(DEPTH))


def _last_items(histories: Histories, users: Sequence[int]) -> list[int]:
    """Return the latest item of each user, -1 for one without any."""
    events = histories.events
    last = np.full(events.n_users, -1)
    last[events.user] = events.item  # sorted by time: of several assignments, the last one wins
    return [int(item) for item in last[users]]


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
