"""What was done to the services, counted for the report."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Everything that the proxy and the killer did."""

    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By kind of fault and by operation."""
    happenings: Counter[str] = field(default_factory=Counter)
    """What happened to messages, entries and documents."""
    kills: Counter[str] = field(default_factory=Counter)
    """By service."""
    skews_s: list[float] = field(default_factory=list)
    """How far off each started process's clock was."""
    lives: Counter[str] = field(default_factory=Counter)
    """Calls of each process since its start."""
    most_receives: int = 0
    """The highest receive count of a message."""

    def by_fault(self) -> Counter[str]:
        """How often each kind of fault struck."""
        found: Counter[str] = Counter()
        for (kind, _), count in self.faults.items():
            found[kind] += count
        return found

    def by_operation(self) -> Counter[str]:
        """How many faults each operation had."""
        found: Counter[str] = Counter()
        for (_, operation), count in self.faults.items():
            found[operation] += count
        return found
