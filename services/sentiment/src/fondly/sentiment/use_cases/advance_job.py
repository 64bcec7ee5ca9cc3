"""Scores a large run by asynchronous jobs of Comprehend, one attempt after another.

The first message of the run is attempt zero, each poll one more. As in the recommender, an attempt sends the
next poll before the ledger notes its number, so that a crash can double polls but never end them, and an
attempt below the ledger's number is dropped. When the jobs have ended, their answers are kept like those of
calls; the parts are then scored as always and find every answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fondly.contracts.clock import utc_now
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer, Polls
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run
from fondly.runtime.runs.run import Progress, Run, RunStatus, StageName
from fondly.runtime.runs.stage import PartResult, Stage
from fondly.sentiment.domain.bill import Bill, job_payer
from fondly.sentiment.domain.job import (
    ATTEMPT,
    INPUT,
    JOBS,
    KEPT,
    JobInput,
    JobState,
    JobStatus,
    input_of,
    jobs_of,
    write_input,
    write_jobs,
)
from fondly.sentiment.ports import BusyError, Jobs
from fondly.sentiment.use_cases.collect_texts import CollectTexts
from fondly.sentiment.use_cases.keep_job_answers import KeepJobAnswers
from fondly.sentiment.use_cases.score_part import ScorePart
from fondly.sentiment.use_cases.total_products import TotalProducts

WHOLE_RUN = "run"
JOB = "job"
COLLECTION = "collection"
BUDGET_PIECE = "Comprehend's jobs"
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class AdvanceJob:
    """Does what can be done for a run now, and polls for the rest."""

    ledger: Ledger
    stage: Stage
    collect_texts: CollectTexts
    jobs: Jobs
    keep_answers: KeepJobAnswers
    score_part: ScorePart
    total_products: TotalProducts
    polls: Polls
    announcer: Announcer

    async def run(self, run_id: str, attempt: int, *, holder: str) -> None:
        """Make an attempt, unless it is stale or the run has ended; `holder` is the message's id."""
        async with self.stage.lock(run_id, WHOLE_RUN, holder=holder):
            run = await self.ledger.run(run_id)
            if attempt < run.attempt(StageName.SENTIMENT):
                log.info("stale_poll_dropped", attempt=attempt)
            elif run.is_open:
                await self._advance(run, attempt)
            elif run.status is RunStatus.FAILED:
                await fail_run(run_id, run.reason or "", self.ledger, self.announcer)

    async def _advance(self, run: Run, attempt: int) -> None:
        if await self._answered(run):
            await self._finish(run)
        elif (await self.ledger.run(run.run_id)).is_open:
            await self.polls.send(run.run_id, attempt + 1)
            await self.ledger.set_step(run.run_id, **{ATTEMPT: str(attempt + 1)})

    async def _answered(self, run: Run) -> bool:
        """Return whether there is nothing left to wait for."""
        if KEPT in run.step:
            return True
        if not Progress(run=run, stage=StageName.INGEST).complete:
            return False
        jobs = jobs_of(run)
        if jobs is None:
            return await self._start(run)
        states = {language: await self.jobs.state(job_id) for language, job_id in jobs.items()}
        if any(state.status is JobStatus.STOPPED for state in states.values()):
            reason = "somebody stopped the run's Comprehend job"
            await fail_run(run.run_id, reason, self.ledger, self.announcer)
            return False
        if any(state.status is JobStatus.RUNNING for state in states.values()):
            return False
        await self._keep(run, states)
        return True

    async def _start(self, run: Run) -> bool:
        """Start a job for each language with enough texts; return True if there is none to wait for."""
        found = input_of(run)
        if found is None:
            found = await self._collect(run)
        await self.stage.reserve(run.run_id, BUDGET_PIECE, _units(found))
        try:
            jobs = {
                language: await self.jobs.start(run.run_id, language, texts=one.texts)
                for language, one in found.items()
            }
        except BusyError as error:
            log.info("job_not_started", reason=str(error))
            return False
        await self._report(run, found)
        await self.ledger.set_step(run.run_id, **{JOBS: write_jobs(jobs)})
        log.info("jobs_started", jobs=len(jobs), texts=sum(one.texts for one in found.values()))
        return not jobs

    async def _collect(self, run: Run) -> dict[str, JobInput]:
        """Write the input once, however long the jobs have to wait."""
        started_at = utc_now()
        bill = Bill(job_payer(run.run_id))
        found = await self.collect_texts.run(run, bill)
        result = PartResult(counts=bill.counts, units=bill.units)
        await self.stage.record(run.run_id, COLLECTION, started_at, result)
        await self.ledger.set_step(run.run_id, **{INPUT: write_input(found)})
        return found

    async def _keep(self, run: Run, states: Mapping[str, JobState]) -> None:
        """Keep the answers of the jobs; a failed one leaves its texts to calls, which cost the same."""
        for language, state in states.items():
            if state.status is JobStatus.FAILED:
                log.error("job_failed", language=language, reason=state.message)
            else:
                await self.keep_answers.run(run.run_id, language, state.output_key)
        failed = {language for language, state in states.items() if state.status is JobStatus.FAILED}
        found = input_of(run) or {}
        paid = {one: found[one] for one in found if one not in failed}
        await self._report(run, paid)
        await self.stage.correct(run.run_id, BUDGET_PIECE, _units(paid))
        await self.ledger.set_step(run.run_id, **{KEPT: "yes"})

    async def _report(self, run: Run, paid: Mapping[str, JobInput]) -> None:
        """Record what the jobs are paid for, or what they turned out to have been paid for."""
        bill = Bill(job_payer(run.run_id))
        for one in paid.values():
            bill.pay(texts=one.texts, units=one.units)
        result = PartResult(counts=bill.counts, units=bill.units)
        await self.stage.record(run.run_id, JOB, utc_now(), result)

    async def _finish(self, run: Run) -> None:
        await self.stage.pass_parts(run, lambda run, part: self.score_part.run(run.run_id, part))
        run = await self.ledger.run(run.run_id)
        await self.ledger.close_stage(
            Progress(run=run, stage=StageName.SENTIMENT),
            owner=JOB,
            announce=lambda: self.total_products.run(run.run_id, parts=run.parts or 0),
        )


def _units(found: Mapping[str, JobInput]) -> dict[str, int]:
    """What Comprehend charges for the jobs of these inputs."""
    return {"comprehend.units": sum(one.units for one in found.values())}
