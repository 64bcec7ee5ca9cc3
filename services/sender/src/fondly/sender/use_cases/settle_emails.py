"""Settles emails: records and tells what becomes of each for good, and counts a part as done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from fondly.contracts.delivery import Dispatch, FinishedEmail, NotSent, Outcome
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.ports import Announcer
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName, part_name
from fondly.runtime.runs.stage import PartResult, Stage
from fondly.sender.domain.tally import counts, event_of
from fondly.sender.domain.units import READS_PER_EMAIL, TALLY_READS, TALLY_WRITES, WRITES_PER_EMAIL
from fondly.sender.ports import Dispatches, Reservation, Reserved, SenderPolls
from fondly.sender.use_cases.part_pass import AGAIN_S, PartPass
from fondly.sender.use_cases.release_parts import MAX_DELAY_S, close

METRICS = (Metric.EMAILS_SENT, Metric.EMAILS_NOT_SENT, Metric.EMAILS_REFUSED, Metric.EMAILS_IN_DOUBT)
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class SettleEmails:
    """Settles emails; `units` is what the provider charges for one, `retry_s` when it is tried again."""

    dispatches: Dispatches
    polls: SenderPolls
    stage: Stage
    ledger: Ledger
    deliveries: Deliveries
    announcer: Announcer
    units: Mapping[str, int]
    retry_s: int

    async def doubt(self, passed: PartPass, doubted: Sequence[Dispatch]) -> None:
        """Record emails as in doubt, and have somebody look again: their record may be on the way."""
        if doubted and not passed.to_seeds:
            await self.polls.send_doubts(
                passed.run_id,
                passed.part,
                [dispatch.customer_id for dispatch in doubted],
                release=passed.delivery.release,
                delay_s=min(MAX_DELAY_S, self.retry_s),
            )
        for found in doubted:
            await self._doubt(passed, found)

    async def _doubt(self, passed: PartPass, found: Dispatch) -> None:
        reason = f"its worker stopped while handing it over, at {found.at:%Y-%m-%d %H:%M:%S} UTC"
        doubted = found.model_copy(update={"outcome": Outcome.IN_DOUBT, "reason": reason, "at": passed.now()})
        if await self.dispatches.doubt(doubted):
            log.warning("email_in_doubt", customer_id=found.customer_id)
            passed.settle(doubted)
        else:
            passed.wait_s(AGAIN_S)

    async def drop(self, passed: PartPass, dropped: Sequence[tuple[FinishedEmail, NotSent]]) -> None:
        """Record that emails never go out."""
        reservations = [Reservation(_dropped(passed, email, reason)) for email, reason in dropped]
        results = await self.dispatches.reserve(reservations) if reservations else {}
        for reservation in reservations:
            if results[reservation.key] is Reserved.MINE:
                passed.settle(reservation.dispatch)
            else:
                passed.wait_s(AGAIN_S)

    def note(self, passed: PartPass, dispatch: Dispatch) -> None:
        """Note what became of an email that was handed over; one that was not accepted waits."""
        if dispatch.outcome.is_final:
            passed.settle(dispatch)
        else:
            passed.wait_s(self.retry_s)

    async def report(self, passed: PartPass, started_at: datetime) -> None:
        """Record what has come of the part, and announce what is final; copies for seeds do not count."""
        if passed.to_seeds:
            return
        result = PartResult(counts=counts(passed.done.values()), units=self._billed(passed))
        emit({metric: passed.new[metric] for metric in METRICS if passed.new[metric]})
        await self.stage.record(passed.run_id, part_name(passed.part), started_at, result, messages=1)
        await self.announcer.announce(passed.run_id, *filter(None, map(event_of, passed.done.values())))

    def _billed(self, passed: PartPass) -> dict[str, int]:
        """What the whole part costs, once every email has been handed over once."""
        sent = sum(each.outcome in {Outcome.SENT, Outcome.IN_DOUBT} for each in passed.done.values())
        emails = len(passed.emails)
        return {
            **{unit: amount * sent for unit, amount in self.units.items()},
            "dynamodb.writes": WRITES_PER_EMAIL * emails + TALLY_WRITES,
            "dynamodb.reads": READS_PER_EMAIL * emails + TALLY_READS,
            "s3.gets": sent,
        }

    async def complete(self, passed: PartPass) -> None:
        """Count the part as done; the last part closes the run's delivery. A sample completes nothing."""
        if passed.is_sample:
            log.info("sample_delivered", emails=len(passed.emails))
            return
        run = await self.ledger.complete_part(passed.run_id, StageName.SENDER, passed.part)
        log.info("part_delivered", **counts(passed.done.values()))
        if not run.parts_to_do(StageName.SENDER):
            await close(self.deliveries, passed.run_id)


def _dropped(passed: PartPass, email: FinishedEmail, reason: NotSent) -> Dispatch:
    return Dispatch(
        run_id=passed.dispatched_as,
        customer_id=email.customer_id,
        outcome=Outcome.SUPPRESSED,
        reason=reason,
        variant=email.variant,
        at=passed.now(),
        reserved_by=uuid4().hex,
    )
