"""Reports how long deliveries have waited for a person: no message is about a waiting delivery."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from fondly.contracts.clock import utc_now
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.runs.delivery import Act, Delivery, DeliveryStatus

WAITING = frozenset({DeliveryStatus.HELD, DeliveryStatus.SAMPLE, DeliveryStatus.PAUSED})
"""The statuses that only a person can end."""
STOPPING = frozenset({Act.HOLD, Act.PAUSE, Act.SAMPLE})
log = get_logger()


@dataclass(frozen=True)
class WatchDeliveries:
    """Reports the longest wait, for the alarm on deliveries that somebody has forgotten."""

    deliveries: Callable[[], Awaitable[list[Delivery]]]
    """Returns all deliveries."""
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        """Write the longest wait, 0 if no delivery waits, and name those that do."""
        waits = {
            each.run_id: (self.now() - waits_since(each)).total_seconds()
            for each in await self.deliveries()
            if each.status in WAITING
        }
        for run_id, wait_s in waits.items():
            log.info("delivery_waits", run_id=run_id, hours=round(wait_s / 3_600, 1))
        emit({Metric.DELIVERY_WAIT_SECONDS: max(waits.values(), default=0.0)})


def waits_since(delivery: Delivery) -> datetime:
    """Return when a delivery was last held, paused or limited to its sample."""
    stopped = [each.at for each in delivery.decisions if each.act in STOPPING]
    return max(stopped, default=delivery.opened_at)
