"""A newer upload of the same source supersedes the older one's run, if that is still open.

The pointer to a source's latest run moves last, after the run that it named has been ended (even one that was
only about to be opened), and only from where it was read: optimistic concurrency. Each step may be repeated,
and a crash between two of them is repaired by the next upload's message.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer
from fondly.runtime.runs.latest import LatestRun, LatestRuns
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run

REPLACED = "replaced by a newer upload: "
Kept = Sequence[dict[str, str]]
"""The files of a run, as `RunFiles.kept` describes them."""
IsCurrent = Callable[[LatestRun], Awaitable[bool]]
"""Whether the source still makes these files a run, given its latest run. It is asked after the pointer was
read: if the pointer has moved since, it does not move again."""
log = get_logger()


@dataclass(frozen=True)
class Supersede:
    """Makes a run its source's latest, and remembers which files it was made of."""

    latest: LatestRuns
    ledger: Ledger
    announcer: Announcer

    async def run(self, run_id: str, source: str, kept: Kept, *, is_current: IsCurrent) -> bool:
        """End the source's run before this one; False when this one is itself out of date."""
        while (latest := await self.latest.get(source)).run_id != run_id or latest.files != kept:
            if not await is_current(latest):
                log.info("upload_already_replaced")
                return False
            if latest.run_id not in {None, run_id}:
                await self._end(latest.run_id, source, reason=f"{REPLACED}{run_id}")
            await self.latest.move(source, run_id, after=latest, files=kept)
        return True

    async def remember(self, run_id: str, source: str, kept: Kept, *, is_current: IsCurrent) -> None:
        """Keep the versions of an ended run's files that were uploaded again; the latest run stays that.

        Otherwise the first file of the next set would find the others newer than the last run.
        """
        while (latest := await self.latest.get(source)).files != kept and await is_current(latest):
            await self.latest.move(source, latest.run_id or run_id, after=latest, files=kept)

    async def _end(self, run_id: str, source: str, *, reason: str) -> None:
        """End a run that has not ended or is about to be opened; repeat an announcement lost in a crash."""
        run = await self.ledger.open_run(run_id, source=source)
        if not run.has_ended or (run.reason or "").startswith(REPLACED):
            log.info("run_replaced", replaced=run_id)
            await fail_run(run_id, reason, self.ledger, self.announcer)
