"""How a stage passes a part: locked, done once, recorded, and the run moved on by whoever completes it."""

from collections.abc import Awaitable, Callable

from encore.runtime.logs import get_logger
from encore.runtime.metrics import emit_ai_units
from encore.runtime.ports import Claiming, RunLedger
from encore.runtime.runs.run import PartReport, Progress, Run, StageName, part_name

log = get_logger()


class PartStage:
    """One stage of all runs. Passing a part again only repairs what a crash left undone."""

    def __init__(self, stage: StageName, *, ledger: RunLedger, locks: Claiming) -> None:
        self._stage = stage
        self._ledger = ledger
        self._locks = locks

    async def pass_part(
        self,
        run_id: str,
        part: int,
        *,
        holder: str,
        work: Callable[[], Awaitable[PartReport]],
        announce: Callable[[], Awaitable[None]],
    ) -> None:
        """Do the part's `work` unless it is done, and `announce` the stage when it is complete.

        One worker at a time is at a part; a second one waits, and finds it done. `holder` is the id of the
        message in hand. A part of a run that has ended is let pass: what ends a run meanwhile is seen at its
        next part. Raises what work and announcement raise, for the message to come back.
        """
        async with self._locks.hold(run_id, self._stage, part_name(part), holder=holder):
            run = await self._ledger.run(run_id)
            if not run.is_open:
                log.info("run_already_ended", status=run.status)
                return
            progress = await self._progress(run, part, work)
            await self._ledger.close_stage(progress, cause=f"part-{part}", announce=announce)

    async def _progress(self, run: Run, part: int, work: Callable[[], Awaitable[PartReport]]) -> Progress:
        if part in run.stage(self._stage).done:
            log.info("part_already_done")
            return Progress(run=run, stage=self._stage)
        report = await work()
        progress = await self._ledger.finish_part(run.run_id, part, report)
        emit_ai_units(report.units)
        return progress
