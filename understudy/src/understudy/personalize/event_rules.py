"""Which interactions count and how much: those that a solution trains on, and those since."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from understudy.personalize.store import Streamed
from understudy.personalize.trained import PersonalModel, Recent
from understudy.wire.service import Params


@dataclass(frozen=True, slots=True)
class EventRule:
    """A solution's rule for one type of event."""

    weight: float = 1.0
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class EventRules:
    """Rules by event type, matched without regard to case; `default` applies to all other types.

    Without a default, events of other types are left out.
    """

    by_type: Mapping[str, EventRule]
    default: EventRule | None

    @classmethod
    def of(cls, solution: Params) -> Self:
        """Return the rules of a CreateSolution request; raise ValueError for an invalid threshold."""
        config = solution.get("solutionConfig", {})
        threshold = _threshold(config)
        entries = config.get("eventsConfig", {}).get("eventParametersList", [])
        by_type = {
            entry["eventType"].lower(): EventRule(entry.get("weight", 1.0), _threshold(entry))
            for entry in entries
            if "eventType" in entry
        }
        if "eventType" in solution:
            by_type.setdefault(solution["eventType"].lower(), EventRule(threshold=threshold))
        return cls(by_type, None if by_type else EventRule(threshold=threshold))

    def rule(self, event_type: str) -> EventRule | None:
        """Return the rule for `event_type`, None when its events are left out."""
        return self.by_type.get(event_type.lower(), self.default)

    @property
    def filtered_types(self) -> str:
        """The event types trained on, as failure reasons list them; empty when all are."""
        return ", ".join(self.by_type)


def _threshold(entry: Params) -> float | None:
    if "eventValueThreshold" not in entry:
        return None
    value = float(entry["eventValueThreshold"])
    if not math.isfinite(value):
        raise ValueError(entry["eventValueThreshold"])
    return value


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
