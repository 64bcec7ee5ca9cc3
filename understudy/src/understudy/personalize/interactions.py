"""Which interactions are used in training, and with what weight."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend import Events, Satisfaction
from understudy.personalize.errors import JobFailedError
from understudy.personalize.event_rules import EventRule
from understudy.personalize.plan import TrainingPlan
from understudy.personalize.tables import Numbers, Texts


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
