"""Keeps a run to its throttle, and keeps in mind the parts that go on later."""

from dataclasses import dataclass
from datetime import UTC, datetime

from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery
from fondly.sender.domain.throttle import Grant, grant
from fondly.sender.use_cases.hand_over import Parcel
from fondly.sender.use_cases.part_pass import PartPass

HALT_S = 900
"""How long a part rests when the provider accepts nothing from anybody."""
log = get_logger()


@dataclass(frozen=True)
class KeepPace:
    """Decides how many emails go out now, and when the others of a part are due."""

    deliveries: Deliveries

    async def granted(self, passed: PartPass, parcels: list[Parcel]) -> list[Parcel]:
        """Return as many as the run's throttle allows now; the rest is due later."""
        per_hour, now = passed.delivery.per_hour, passed.now()
        if per_hour is None or passed.is_sample or not parcels:
            return parcels
        grants: list[Grant] = []

        def take(found: Delivery) -> Delivery:
            taken = grant(per_hour, found.taken_until, wanted=len(parcels), now=now.timestamp())
            grants.append(taken)
            return found.model_copy(update={"taken_until": taken.taken_until}) if taken.emails else found

        await self.deliveries.change(passed.run_id, take)
        granted = grants[-1]
        if granted.emails < len(parcels):
            passed.is_throttled = True
            passed.wait(datetime.fromtimestamp(granted.next_at, UTC))
        return parcels[: granted.emails]

    def halt(self, passed: PartPass, error: Exception) -> None:
        """Have the part rest: the provider accepts no email at all."""
        log.warning("delivery_halted", reason=str(error))
        emit({Metric.DELIVERIES_HALTED: 1})
        passed.wait_s(HALT_S)

    async def put_off(self, passed: PartPass, due: datetime) -> None:
        """Remember when the part is due again."""
        until = int(due.timestamp()) + 1

        def put_off(found: Delivery) -> Delivery:
            return found.model_copy(update={"due": {**found.due, passed.part: until}})

        await self.deliveries.change(passed.run_id, put_off)
        log.info("part_waits", until=due)
