"""Ends a run of which every part is mailed."""

from encore.runtime.logs import get_logger
from encore.runtime.ports import Announcer
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.lifecycle import finish_run

log = get_logger()


class CloseRun:
    """Announces what the run came to and records it as finished."""

    def __init__(self, ledger: Ledger, announcer: Announcer) -> None:
        self._ledger = ledger
        self._announcer = announcer

    async def run(self, run_id: str) -> None:
        """Finish the run."""
        totals = await finish_run(run_id, self._ledger, self._announcer)
        log.info("run_finished", total_seconds=totals.total_seconds, **totals.counts)
