"""Ends a run of which every part is mailed."""

from dataclasses import dataclass

from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import finish_run

log = get_logger()


@dataclass(frozen=True)
class CloseRun:
    """Announces what the run came to and records it as finished."""

    ledger: Ledger
    announcer: Announcer

    async def run(self, run_id: str) -> None:
        """Finish the run."""
        totals = await finish_run(run_id, self.ledger, self.announcer)
        log.info("run_finished", total_seconds=totals.total_seconds, **totals.counts)
