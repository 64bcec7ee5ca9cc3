"""Announces emails that were in doubt and are sent after all: their worker's record came late."""

from collections.abc import Sequence
from dataclasses import dataclass

from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.batches import batches
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer, Objects
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName, part_name
from fondly.runtime.runs.stage import Stage
from fondly.sender.domain.tally import counts, event_of
from fondly.sender.ports import Dispatches
from fondly.sender.use_cases.part_pass import LOOKED_UP_AT_ONCE, finished_emails

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ResolveDoubts:
    """Looks again at emails whose worker was taken for dead."""

    stage: Stage
    ledger: Ledger
    objects: Objects
    dispatches: Dispatches
    announcer: Announcer

    async def run(self, run_id: str, part: int, customer_ids: Sequence[str], *, holder: str) -> None:
        """Announce a done part's emails that were sent, and correct its report, as often as asked."""
        async with self.stage.lock(run_id, part_name(part), holder=holder):
            if part not in (await self.ledger.run(run_id)).stage(StageName.SENDER).done:
                return
            known = await self.dispatches.of(run_id, customer_ids)
            sent = [dispatch for dispatch in known.values() if dispatch.outcome is Outcome.SENT]
            if not sent:
                return
            await self._recount(run_id, part)
            await self.announcer.announce(run_id, *filter(None, map(event_of, sent)))
            log.info("doubts_resolved", emails=len(sent))

    async def _recount(self, run_id: str, part: int) -> None:
        """Correct what the part's report says of its emails; what they cost is the same."""
        reports = await self.ledger.reports(run_id)
        of_part = (each for each in reports if (each.stage, each.name) == (StageName.SENDER, part_name(part)))
        report = next(of_part, None)
        if report is None:
            return
        done: list[Dispatch] = []
        for group in batches(await finished_emails(self.objects, run_id, part), LOOKED_UP_AT_ONCE):
            known = await self.dispatches.of(run_id, [email.customer_id for email in group])
            done += known.values()
        await self.ledger.record(run_id, report.model_copy(update={"counts": counts(done)}))
