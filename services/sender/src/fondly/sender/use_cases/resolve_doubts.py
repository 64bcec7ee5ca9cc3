"""Settles emails that were in doubt: their worker's record came late, or their server did not accept them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fondly.contracts.clock import utc_now
from fondly.contracts.delivery import Dispatch, Outcome
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName, part_name
from fondly.runtime.runs.stage import Stage
from fondly.sender.domain.tally import counts, event_of
from fondly.sender.ports import Dispatches
from fondly.sender.use_cases.keep_tally import KeepTally
from fondly.sender.use_cases.release_parts import ReleaseParts

NOT_ACCEPTED = "not accepted, as the mail server's log shows"

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ResolveDoubts:
    """Looks again at emails whose worker was taken for dead."""

    stage: Stage
    ledger: Ledger
    dispatches: Dispatches
    tally: KeepTally
    announcer: Announcer
    release: ReleaseParts
    now: Callable[[], datetime] = utc_now

    async def refute(self, run_id: str, part: int, customer_ids: Sequence[str], *, holder: str) -> None:
        """Have emails tried again that were in doubt and surely not accepted; one that was clicked in was."""
        async with self.stage.lock(run_id, part_name(part), holder=holder):
            waiting = {"outcome": Outcome.WAITING, "reason": NOT_ACCEPTED, "at": self.now(), "refuted": True}
            for each in (await self.dispatches.of(run_id, customer_ids)).values():
                if each.outcome is Outcome.IN_DOUBT and each.clicked_at is None:
                    await self.dispatches.free(each.model_copy(update=waiting))
            found = await self.tally.recount(run_id, part, dispatched_as=run_id)
            if any(each.outcome is Outcome.WAITING for each in found):
                await self.release.reopen(run_id, part)

    async def run(self, run_id: str, part: int, customer_ids: Sequence[str], *, holder: str) -> None:
        """Count a part again: more may be known of emails; if it is done, announce those that were sent."""
        async with self.stage.lock(run_id, part_name(part), holder=holder):
            known = await self.dispatches.of(run_id, customer_ids)
            of_part = await self.tally.recount(run_id, part, dispatched_as=run_id)
            if part not in (await self.ledger.run(run_id)).stage(StageName.SENDER).done:
                return
            await self._correct(run_id, part, of_part)
            sent = [each for each in known.values() if each.outcome is Outcome.SENT]
            await self.announcer.announce(run_id, *filter(None, map(event_of, sent)))
            log.info("doubts_resolved", emails=len(sent))

    async def _correct(self, run_id: str, part: int, known: Sequence[Dispatch]) -> None:
        """Correct what the part's report says of its emails; what they cost is the same."""
        if report := await self.ledger.report(run_id, StageName.SENDER, part_name(part)):
            await self.ledger.record(run_id, report.model_copy(update={"counts": counts(known)}))
