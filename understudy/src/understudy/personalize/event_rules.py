"""Which interactions a solution trains on, and how much each type of event counts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

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
