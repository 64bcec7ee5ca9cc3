"""Releases the parts of a delivery that may go out, and looks again later while some may not yet."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from fondly.contracts import object_keys
from fondly.contracts.clock import utc_now
from fondly.contracts.delivery import FinishedEmail
from fondly.runtime.jobs.durable import DurableJob, Wait
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, StageName
from fondly.sender.domain.sampling import sample_of
from fondly.sender.domain.throttle import parts_at_once
from fondly.sender.ports import SenderPolls

MAX_DELAY_S = 900
"""The longest that SQS delays a message."""
log = get_logger()


@dataclass(frozen=True)
class ReleaseParts:
    """Sends messages about parts to the sender's own queue, and polls to look again."""

    deliveries: Deliveries
    ledger: Ledger
    objects: Objects
    polls: SenderPolls
    interval_s: int
    now: Callable[[], datetime] = utc_now

    async def run(self, run_id: str, attempt: int) -> None:
        """Handle a poll; a poll below the delivery's latest is left over from before a decision."""
        await DurableJob(states=self.deliveries, polls=self.polls, look=self._look).poll(run_id, attempt)

    async def reopen(self, run_id: str, part: int) -> None:
        """Deliver a part once more, of which an email may be tried again; what is rejected stays so."""
        await self.ledger.reopen_part(run_id, StageName.SENDER, part)

        def reopened(found: Delivery) -> Delivery:
            status = DeliveryStatus.APPROVED if found.status is DeliveryStatus.DONE else found.status
            return found.model_copy(update={"status": status, "due": {**found.due, part: 0}})

        delivery = await self.deliveries.change(run_id, reopened)
        await self.polls.send(run_id, delivery.attempt, delay_s=0)

    async def _look(self, run_id: str, delivery: Delivery) -> Wait | None:
        if not delivery.status.goes_out:
            log.info("delivery_does_not_go_out", status=delivery.status)
            return None
        run = await self.ledger.run(run_id)
        if delivery.starts_at is None or delivery.starts_at <= self.now():
            delivery = await self._release(run, delivery)
        if delivery.status is DeliveryStatus.APPROVED and not run.parts_to_do(StageName.SENDER):
            await close(self.deliveries, run_id)
            return None
        return Wait(self._delay_s(delivery))

    async def _release(self, run: Run, delivery: Delivery) -> Delivery:
        """Send what has not been sent since the latest decision, or the parts that have waited."""
        now, release = self.now(), delivery.release
        left = run.parts_to_do(StageName.SENDER)
        if delivery.released < release and delivery.per_hour and delivery.status is DeliveryStatus.APPROVED:
            delivery = await self.deliveries.change(run.run_id, lambda found: _all_due(found, release, left))
        if delivery.released == release:
            due = {part for part, until in delivery.due.items() if until <= now.timestamp()}
            parts = [part for part in left if part in due]
            if delivery.per_hour:
                parts = parts[: parts_at_once(delivery.per_hour)]
        elif delivery.status is DeliveryStatus.SAMPLE:
            sample = await self._sample(run, delivery.sample)
            # Known before the messages are sent: a part that is not known to be a sample goes out whole.
            await self.deliveries.change(run.run_id, lambda found: _sampled(found, release, sample))
            parts = [part for part in left if part in sample]
        else:
            parts = left
        if parts:
            await self.polls.send_parts(run.run_id, parts, release=release)
            log.info("parts_released", parts=len(parts), release=release)
        return await self.deliveries.change(run.run_id, lambda found: _released(found, release, parts, now))

    async def _sample(self, run: Run, wanted: int) -> Mapping[int, int]:
        sizes = [size async for size in self._sizes(run, wanted)]
        return sample_of(sizes, wanted)

    async def _sizes(self, run: Run, wanted: int) -> AsyncIterator[tuple[int, int]]:
        """Yield parts with their numbers of emails until there are enough emails."""
        found = 0
        for part in range(1, (run.parts or 0) + 1):
            if found >= wanted:
                return
            lines = await self.objects.find_lines(object_keys.mailed(run.run_id, part), FinishedEmail)
            emails = sum(not each.held_out for each in lines)
            found += emails
            yield part, emails

    def _delay_s(self, delivery: Delivery) -> int:
        """Return how long until something is due, as SQS can delay it; the interval if nothing is due."""
        now = self.now()
        times = [datetime.fromtimestamp(until, UTC) for until in delivery.due.values()]
        if delivery.starts_at is not None and delivery.starts_at > now:
            times = [delivery.starts_at]
        wait_s = (min(times) - now).total_seconds() + 1 if times else self.interval_s
        return int(min(MAX_DELAY_S, max(1, wait_s)))


async def close(deliveries: Deliveries, run_id: str) -> None:
    """Record that something final is known of every email of a run."""

    def closed(found: Delivery) -> Delivery:
        if found.status is not DeliveryStatus.APPROVED:
            return found
        return found.model_copy(update={"status": DeliveryStatus.DONE, "due": {}})

    if (await deliveries.change(run_id, closed)).status is DeliveryStatus.DONE:
        log.info("delivery_done")


def _all_due(found: Delivery, release: int, parts: list[int]) -> Delivery:
    """Every part is due; a throttled run's are sent some at a time."""
    if found.release != release:
        return found
    return found.model_copy(update={"released": release, "due": {**dict.fromkeys(parts, 0), **found.due}})


def _sampled(found: Delivery, release: int, sample: Mapping[int, int]) -> Delivery:
    return found if found.release != release else found.model_copy(update={"sample_parts": dict(sample)})


def _released(found: Delivery, release: int, parts: list[int], now: datetime) -> Delivery:
    """Parts that have come to wait again since they were sent stay due."""
    if found.release != release:
        return found
    due = {part: until for part, until in found.due.items() if part not in parts or until > now.timestamp()}
    return found.model_copy(update={"released": release, "due": due})
