"""When a process that has died is started again: later each time, and not for ever, as a service on ECS.

"Service throttle logic", Amazon ECS Developer Guide: tasks that fail again and again are started at growing
intervals; its deployment circuit breaker gives up.
"""

from dataclasses import dataclass

FIRST_S = 1.0
"""How long the first restart waits; each further one waits twice as long."""
MOST = 5
"""After so many deaths in a row nothing is started any more."""
STEADY_S = 60.0
"""Whatever has run for so long has recovered."""


@dataclass(frozen=True)
class Restarts:
    """What is known of one process, by a clock in seconds that never goes back."""

    started_at: float = 0.0
    deaths: int = 0
    due_at: float | None = None
    """When it is to be started again; None while it runs."""

    @property
    def given_up(self) -> bool:
        """Whether it has died too often."""
        return self.deaths > MOST

    def died(self, now: float) -> "Restarts":
        """Return what a death leads to."""
        deaths = 1 if now - self.started_at > STEADY_S else self.deaths + 1
        return Restarts(self.started_at, deaths, now + FIRST_S * 2 ** (deaths - 1))

    def started(self, now: float) -> "Restarts":
        """Return what a start leads to."""
        return Restarts(now, self.deaths)
