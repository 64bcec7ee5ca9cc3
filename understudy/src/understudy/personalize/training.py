"""From imported tables to a fitted model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend import (
    Events,
    Histories,
    ItemContent,
    Profiles,
    Recommender,
    Satisfaction,
    Split,
    evaluate,
)
from understudy.personalize.errors import JobFailedError
from understudy.personalize.event_rules import EventRule
from understudy.personalize.plan import TrainingPlan
from understudy.personalize.tables import Numbers, Texts
from understudy.personalize.trained import Items, PersonalModel


@dataclass(frozen=True, slots=True)
class Selected:
    """The events to train on; `users` and `items` map their codes to ids.

    `items` starts with those that have interactions, followed by those in the Items dataset only.
    """

    events: Events
    users: tuple[str, ...]
    items: tuple[str, ...]
    satisfaction: Satisfaction


def select_interactions(plan: TrainingPlan) -> Selected:
    """Return the interactions that the plan's event rules keep.

    The weight of an interaction is that of its event type times the satisfaction that its EVENT_VALUE
    expresses: a disliked item hardly recommends others beside liked ones. Raises JobFailedError when there
    are rules by event type but the data has no event types.
    """
    table = plan.datasets["Interactions"].table
    users, items = table.texts("USER_ID"), table.texts("ITEM_ID")
    values = plan.numbers("Interactions", "EVENT_VALUE")
    if values is None:
        values = np.full(table.rows, np.nan)
    rules, rule_of_row = _rules_by_row(plan, table.rows)
    kept = _kept(rules, rule_of_row, values)
    type_weights = np.array([rule.weight if rule else 0.0 for rule in rules])
    satisfaction = Satisfaction.of(values)
    weights = type_weights[rule_of_row] * satisfaction.weights(values)
    user_codes, user_ids = _recoded(users, kept)
    item_codes, item_ids = _recoded(items, kept)
    item_ids = tuple(dict.fromkeys([*item_ids, *_described(plan)]))
    events = Events(
        user=user_codes,
        item=item_codes,
        time=table.numbers("TIMESTAMP")[kept].astype(np.int64),
        weight=weights[kept].astype(np.float32),
        n_users=len(user_ids),
        n_items=len(item_ids),
    )
    return Selected(events, user_ids, item_ids, satisfaction)


def _rules_by_row(plan: TrainingPlan, rows: int) -> tuple[list[EventRule | None], NDArray[np.int32]]:
    """Return rules, and the index of each interaction's rule; the rule None leaves it out."""
    types = plan.texts("Interactions", "EVENT_TYPE")
    if types is not None:
        return [plan.events.rule(name) for name in types.values], types.codes
    if plan.events.default is None:
        raise JobFailedError("All values in the event_type column are either reserved keywords or null")
    return [plan.events.default], np.zeros(rows, dtype=np.int32)


def _kept(
    rules: Sequence[EventRule | None], rule_of_row: NDArray[np.int32], values: Numbers
) -> NDArray[np.bool_]:
    """Return which events to keep; one without a value does not reach a threshold."""
    chosen = np.array([rule is not None for rule in rules], dtype=bool)[rule_of_row]
    thresholds = [rule.threshold if rule else None for rule in rules]
    least = np.array([np.nan if each is None else each for each in thresholds])[rule_of_row]
    reached = np.isnan(least) | (values >= least)
    return np.asarray(chosen & reached, dtype=bool)


def _recoded(column: Texts, kept: NDArray[np.bool_]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Return codes without gaps for the kept rows, and their strings."""
    used, codes = np.unique(column.codes[kept], return_inverse=True)
    return codes.astype(np.int32), tuple(column.values[code] for code in used)


def _described(plan: TrainingPlan) -> tuple[str, ...]:
    items = plan.texts("Items", "ITEM_ID")
    return items.values if items else ()


def item_content(plan: TrainingPlan, items: Sequence[str]) -> ItemContent:
    """Return the labels and words of `items`; an item without a record has neither.

    A categorical string is one label for each of its parts between `|`, a textual one provides the
    words. Plain strings are not used, as on AWS, nor are numbers, which AWS may use.
    """
    places = {item: place for place, item in enumerate(items)}
    labels: list[list[str]] = [[] for _ in items]
    texts = [""] * len(items)
    for field in plan.fields("Items"):
        if field.categorical:
            for item, value in _values(plan, field.name):
                labels[places[item]] += [f"{field.name}={part}" for part in value.split("|")]
        elif field.textual:
            for item, value in _values(plan, field.name):
                texts[places[item]] = f"{texts[places[item]]} {value}".lstrip()
    return ItemContent(labels=labels, texts=texts)


def _values(plan: TrainingPlan, name: str) -> Iterator[tuple[str, str]]:
    """Yield the items that have a value in the string column `name`, with that value."""
    ids, column = plan.texts("Items", "ITEM_ID"), plan.texts("Items", name)
    if ids is None or column is None:
        return
    for item, code in zip(ids.codes, column.codes, strict=True):
        if code >= 0:
            yield ids.values[item], column.values[code]


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
