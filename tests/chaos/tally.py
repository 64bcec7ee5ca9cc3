"""Counts what was done to the services, for the report."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Everything that the proxy and the fleet did."""

    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By fault and call."""
    interference: Counter[str] = field(default_factory=Counter)
    """By what was done to messages, entries, documents and processes."""
    kills: Counter[str] = field(default_factory=Counter)
    """By service."""
    skews_s: list[float] = field(default_factory=list)
    """The clock skew of every process that was started."""
    calls_since_start: Counter[str] = field(default_factory=Counter)
    """By process."""
    most_receives: int = 0
    """The highest receive count of any message."""

    def by_fault(self) -> Counter[str]:
        """How often each fault occurred."""
        found: Counter[str] = Counter()
        for (kind, _), count in self.faults.items():
            found[kind] += count
        return found

    def by_operation(self) -> Counter[str]:
        """How many faults each operation met."""
        found: Counter[str] = Counter()
        for (_, operation), count in self.faults.items():
            found[operation] += count
        return found
