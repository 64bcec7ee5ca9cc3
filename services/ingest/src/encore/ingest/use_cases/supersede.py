"""A newer upload under the same key replaces the older one's run, if that is still going.

The pointer to a source's newest run moves last, when the run that it named has been ended (even one that was
only about to be opened), and only from where it was read: optimistic concurrency. Each step may be repeated,
and a crash between any two is repaired by whichever upload's message comes next.
"""

from collections.abc import Awaitable, Callable

from encore.runtime.logs import get_logger
from encore.runtime.ports import Announcer, Newness, RunLedger
from encore.runtime.runs.lifecycle import fail_run

REPLACED = "replaced by a newer upload: "
log = get_logger()


class Succession:
    """Knows of each source which run came of its newest content."""

    def __init__(self, newness: Newness, ledger: RunLedger, announcer: Announcer) -> None:
        self._newness = newness
        self._ledger = ledger
        self._announcer = announcer

    async def succeed(
        self, run_id: str, source: str, *, current: Callable[[], Awaitable[str | None]]
    ) -> bool:
        """Make the run its source's newest and end the one before; False when it is itself out of date.

        `current` names the run of the source's content at the moment, None when there is no content any more.
        It is asked after the pointer was read: had the pointer moved on since, it would not move again.
        """
        while (newest := await self._newness.get(source)).run_id != run_id:
            if await current() not in {run_id, None}:
                log.info("upload_already_replaced")
                return False
            if newest.run_id is not None:
                await self._end(newest.run_id, source, reason=f"{REPLACED}{run_id}")
            await self._newness.move(source, run_id, after=newest)
        return True

    async def _end(self, run_id: str, source: str, *, reason: str) -> None:
        """End a run that is open, or about to be opened; announce again what a crash may have kept back."""
        run = await self._ledger.open_run(run_id, source=source)
        if run.is_open or (run.reason or "").startswith(REPLACED):
            log.info("run_replaced", replaced=run_id)
            await fail_run(run_id, reason, self._ledger, self._announcer)
