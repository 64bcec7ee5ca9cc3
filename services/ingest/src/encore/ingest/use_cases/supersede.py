"""A newer upload under the same key supersedes the older one's run, if that is still open.

The pointer to a source's latest run moves last, after the run that it named has been ended (even one that was
only about to be opened), and only from where it was read: optimistic concurrency. Each step may be repeated,
and a crash between two of them is repaired by the next upload's message.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from encore.runtime.logs import get_logger
from encore.runtime.ports import Announcer
from encore.runtime.runs.latest import LatestRuns
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.lifecycle import fail_run

REPLACED = "replaced by a newer upload: "
log = get_logger()


@dataclass(frozen=True)
class Supersede:
    """Makes a run its source's latest."""

    latest: LatestRuns
    ledger: Ledger
    announcer: Announcer

    async def run(self, run_id: str, source: str, *, current: Callable[[], Awaitable[str | None]]) -> bool:
        """End the source's run before this one; False when this one is itself out of date.

        `current` returns the run of the source's content at the moment, or None without content. It is asked
        after the pointer was read: if the pointer has moved since, it does not move again.
        """
        while (latest := await self.latest.get(source)).run_id != run_id:
            if await current() not in {run_id, None}:
                log.info("upload_already_replaced")
                return False
            if latest.run_id is not None:
                await self._end(latest.run_id, source, reason=f"{REPLACED}{run_id}")
            await self.latest.move(source, run_id, after=latest)
        return True

    async def _end(self, run_id: str, source: str, *, reason: str) -> None:
        """End a run that is open or about to be opened; repeat an announcement that a crash prevented."""
        run = await self.ledger.open_run(run_id, source=source)
        if run.is_open or (run.reason or "").startswith(REPLACED):
            log.info("run_replaced", replaced=run_id)
            await fail_run(run_id, reason, self.ledger, self.announcer)
