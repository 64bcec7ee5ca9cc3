"""The pace at which the emails of each delivery go out: that of the provider, and the run's own throttle."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from encore.runtime.runs.delivery import Delivery
from encore.sender.use_cases.hand_over import Paced

Result = TypeVar("Result")
SECONDS_PER_HOUR = 3_600


class Pacer(Protocol):
    """Makes calls at a rate; see `encore.runtime.quota.limiter.Limiter`."""

    async def run(self, call: Callable[[], Awaitable[Result]]) -> Result: ...  # noqa: D102 - described there


class KeepPace:
    """Gives every delivery its pace; `new_pacer` shares a rate among all tasks under a name."""

    def __init__(
        self, provider: Pacer, new_pacer: Callable[[str, float], Pacer], *, per_hour: int | None
    ) -> None:
        self._provider = provider
        self._new_pacer = new_pacer
        self._per_hour = per_hour
        self._throttles: dict[tuple[str, int], Pacer] = {}

    def of(self, delivery: Delivery) -> Paced:
        """Return what makes a call when both the run's turn and the provider's have come."""
        per_hour = delivery.per_hour or self._per_hour
        if per_hour is None:
            return self._provider.run
        key = (delivery.run_id, per_hour)
        if key not in self._throttles:
            self._throttles[key] = self._new_pacer(f"delivery#{delivery.run_id}", per_hour / SECONDS_PER_HOUR)
        throttle = self._throttles[key]
        return lambda call: throttle.run(lambda: self._provider.run(call))
