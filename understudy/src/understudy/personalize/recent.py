"""What users have done since a version was trained, as the version counts it."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from understudy.personalize.event_rules import EventRules
from understudy.personalize.store import Streamed
from understudy.personalize.trained import PersonalModel, Recent


def counted_by_user(
    events: Iterable[Streamed], rules: EventRules, model: PersonalModel
) -> Mapping[str, Recent]:
    """Return what each user has done, of those of whom anything counts."""
    by_user: dict[str, list[Streamed]] = {}
    for event in events:
        by_user.setdefault(event.owner, []).append(event)
    found = ((user, counted(own, rules, model)) for user, own in by_user.items())
    return {user: recent for user, recent in found if recent is not None}


def counted(events: list[Streamed], rules: EventRules, model: PersonalModel) -> Recent | None:
    """Return the events that the version's rules count, as the training would weigh them."""
    values = np.array([_value(event) for event in events])
    kept, weights = [], model.satisfaction.weights(values)
    for row, event in enumerate(events):
        rule = rules.rule(str(event.record.get("EVENT_TYPE") or ""))
        if rule is not None and (rule.threshold is None or values[row] >= rule.threshold):
            weights[row] *= rule.weight
            kept.append(row)
    if not kept:
        return None
    records = [events[row].record for row in kept]
    times = np.array([int(record["TIMESTAMP"] or 0) for record in records], dtype=np.int64)
    return Recent([str(record["ITEM_ID"]) for record in records], weights[kept], times)


def _value(event: Streamed) -> float:
    value: Any = event.record.get("EVENT_VALUE")
    return math.nan if value is None else float(value)
