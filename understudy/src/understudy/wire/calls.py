"""What is known of the calls so far: how many, with which outcomes and latencies, and the last errors."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEPT_ERRORS = 50
KEPT_DURATIONS = 1_000
"""Of each operation; the oldest make way for new ones, so memory is bounded."""

_SLOW_SHARE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCall:
    """A call that got an error, without anything of its payload except what the message says of it."""

    at: datetime
    operation: str
    """Its name, or of an unknown one what is known of it."""
    code: str
    message: str
    status: int
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCalls:
    """The calls of one operation, and how long the latest of them took, in milliseconds."""

    name: str
    outcomes: Mapping[str, int]
    """How many there were of each outcome: `ok`, or the code of an error."""
    median_ms: float
    slow_ms: float
    """95 of 100 took no longer."""


@dataclass(slots=True)
class _Seen:
    outcomes: Counter[str] = field(default_factory=Counter)
    durations_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_DURATIONS))


def _now() -> datetime:
    return datetime.now(UTC)


class CallLog:
    """Counts calls and keeps the last errors, on one event loop."""

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now
        self._seen: dict[str, _Seen] = {}
        self._errors: deque[FailedCall] = deque(maxlen=KEPT_ERRORS)

    def answered(self, operation: str, outcome: str, duration_s: float) -> None:
        """Count a call of an operation that exists."""
        seen = self._seen.get(operation)
        if seen is None:
            seen = self._seen[operation] = _Seen()
        seen.outcomes[outcome] += 1
        seen.durations_s.append(duration_s)

    def failed(self, operation: str, code: str, message: str, *, status: int, request_id: str) -> None:
        """Keep an error that a call got."""
        self._errors.append(
            FailedCall(
                at=self._now(),
                operation=operation,
                code=code,
                message=message,
                status=status,
                request_id=request_id,
            )
        )

    @property
    def errors(self) -> Sequence[FailedCall]:
        """The last errors, the newest first."""
        return list(reversed(self._errors))

    @property
    def outcomes(self) -> Mapping[str, Mapping[str, int]]:
        """How many calls of each operation had each outcome."""
        return {name: seen.outcomes for name, seen in self._seen.items()}

    def by_operation(self) -> list[OperationCalls]:
        """Return the calls of each operation, by its name."""
        return [_summary(name, seen) for name, seen in sorted(self._seen.items())]


def _summary(name: str, seen: _Seen) -> OperationCalls:
    durations = sorted(seen.durations_s)
    slow = durations[min(int(_SLOW_SHARE * len(durations)), len(durations) - 1)]
    return OperationCalls(
        name=name, outcomes=dict(seen.outcomes), median_ms=median(durations) * 1_000, slow_ms=slow * 1_000
    )
