"""Delivers one part of a run: each of its emails goes out, waits, or never goes out.

A pass that is repeated finds what is known of each email and does the rest. The part counts as done once
something final is known of every email; until then its delivery knows when it is due again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fondly.contracts.clock import utc_now
from fondly.contracts.delivery import FinishedEmail
from fondly.runtime.batches import batches
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName, part_name
from fondly.runtime.runs.stage import Stage
from fondly.sender.domain.sampling import addressed_to_seeds, sampled
from fondly.sender.use_cases.hand_over import HALTS
from fondly.sender.use_cases.judge_emails import JudgeEmails
from fondly.sender.use_cases.keep_pace import KeepPace
from fondly.sender.use_cases.keep_tally import KeepTally
from fondly.sender.use_cases.part_pass import LOOKED_UP_AT_ONCE, PartPass, finished_emails
from fondly.sender.use_cases.send_emails import SendEmails
from fondly.sender.use_cases.settle_emails import SettleEmails

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class DeliverPart:
    """Delivers parts: judges each group of emails, keeps to the pace, hands over, and settles the rest."""

    stage: Stage
    ledger: Ledger
    objects: Objects
    judging: JudgeEmails
    pacing: KeepPace
    sending: SendEmails
    settling: SettleEmails
    tally: KeepTally
    now: Callable[[], datetime] = utc_now

    async def run(self, run_id: str, part: int, *, holder: str) -> None:
        """Deliver what may go out of a part; `holder` is the id of the message being handled."""
        async with self.stage.lock(run_id, part_name(part), holder=holder):
            delivery = await self.judging.going_out(run_id)
            if delivery is None:
                await self.tally.mend(run_id, part)
                return
            if part in (await self.ledger.run(run_id)).stage(StageName.SENDER).done:
                log.info("part_already_done")
                return
            started_at = self.now()
            listed = await finished_emails(self.objects, run_id, part)
            passed = PartPass(run_id, part, delivery, listed, _emails(delivery, part, listed), self.now)
            tally = await self.tally.begin(passed)
            is_stopped = await self._deliver(passed)
            await self.tally.end(passed, tally)
            await self.settling.report(passed, started_at)
            if is_stopped:
                return
            if passed.due is None:
                await self.settling.complete(passed)
            else:
                await self.pacing.put_off(passed, passed.due)

    async def _deliver(self, passed: PartPass) -> bool:
        """Deliver group by group; return whether somebody has stopped the delivery meanwhile."""
        for group in batches(passed.emails, LOOKED_UP_AT_ONCE):
            if await self.judging.is_stopped(passed):
                return True
            try:
                await self._deliver_group(passed, group)
            except HALTS as error:
                self.pacing.halt(passed, error)
                return False
            if passed.is_throttled:
                return False
        return False

    async def _deliver_group(self, passed: PartPass, emails: Sequence[FinishedEmail]) -> None:
        judged = await self.judging.judge(passed, emails)
        await self.settling.doubt(passed, judged.doubted)
        await self.settling.drop(passed, judged.dropped)
        await self.sending.run(passed, await self.pacing.granted(passed, judged.parcels))


def _emails(delivery: Delivery, part: int, listed: list[FinishedEmail]) -> list[FinishedEmail]:
    """What a pass is about: every listed email, or the sample's, addressed to seeds if there are any."""
    if delivery.status is not DeliveryStatus.SAMPLE:
        return listed
    return addressed_to_seeds(sampled(listed, delivery.sample_parts.get(part, 0)), delivery.seeds)
