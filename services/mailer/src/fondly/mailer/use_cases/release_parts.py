"""Has the parts of a run mailed that have waited for its jobs."""

from dataclasses import dataclass

from fondly.mailer.ports import MailerPolls
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import StageName

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class ReleaseParts:
    """Sends a message for each part, so that all tasks share them.

    A part that is sent twice is mailed once.
    """

    ledger: Ledger
    polls: MailerPolls

    async def run(self, run_id: str) -> None:
        """Send the parts that are not mailed yet."""
        run = await self.ledger.run(run_id)
        if not run.is_open:
            return
        parts = run.parts_to_do(StageName.MAILER)
        for part in parts:
            await self.polls.send_part(run_id, part)
        log.info("parts_released", parts=len(parts))
