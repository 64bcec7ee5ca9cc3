"""Asks the prompts of a large run by batch inference, which costs half, one attempt after another.

A job only fills the kept answers: the parts are then mailed as always, find their answers there, and ask by
calls for what the job has left out. There are two rounds: copy names the features that the first one finds.

The first message of the run is attempt zero, each poll one more. As in sentiment and the recommender, an
attempt sends the next poll before the ledger notes its number, so that a crash can double polls but never end
them, and an attempt below the ledger's number is dropped. Messages of parts that come meanwhile are dropped
too: when the run waits for nothing more, every part that is not mailed gets a message.
"""

from dataclasses import dataclass

from fondly.contracts.clock import utc_now
from fondly.mailer.domain.copy.job import (
    ASKED,
    ATTEMPT,
    NO_JOB,
    ROUNDS,
    YES,
    JobInput,
    JobStatus,
    JobTask,
    input_of,
    input_step,
    is_kept,
    job_of,
    job_step,
    kept_step,
)
from fondly.mailer.ports import BusyError, CopyJobs
from fondly.mailer.use_cases.collect_prompts import CollectPrompts
from fondly.mailer.use_cases.keep_copy_answers import KeepCopyAnswers
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Announcer, Polls
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run
from fondly.runtime.runs.run import Progress, Run, RunStatus, StageName
from fondly.runtime.runs.stage import PartResult, Stage

WHOLE_RUN = "run"
STOPPED = "somebody stopped the run's Bedrock job"
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class AdvanceCopyJob:
    """Does what can be done for a run now, and polls for the rest."""

    ledger: Ledger
    stage: Stage
    collect_prompts: CollectPrompts
    jobs: CopyJobs
    keep_answers: KeepCopyAnswers
    polls: Polls
    announcer: Announcer
    from_prompts: int
    """Fewer prompts of a task are left to calls."""

    async def run(self, run_id: str, attempt: int, *, holder: str) -> bool:
        """Make an attempt unless it is stale; return whether the run's parts can be mailed.

        `holder` is the message's id. The jobs of a run that has ended are stopped.
        """
        if ASKED in (await self.ledger.run(run_id)).step:
            return True
        async with self.stage.lock(run_id, WHOLE_RUN, holder=holder):
            run = await self.ledger.run(run_id)
            if ASKED in run.step:
                return True
            if not run.is_open:
                await self._end(run)
                return False
            if attempt < run.attempt(StageName.MAILER):
                log.info("stale_poll_dropped", attempt=attempt)
                return False
            return await self._advance(run, attempt)

    async def _advance(self, run: Run, attempt: int) -> bool:
        if await self._answered(run):
            await self.ledger.set_step(run.run_id, **{ASKED: YES})
            return True
        if (await self.ledger.run(run.run_id)).is_open:
            await self.polls.send(run.run_id, attempt + 1)
            await self.ledger.set_step(run.run_id, **{ATTEMPT: str(attempt + 1)})
        return False

    async def _answered(self, run: Run) -> bool:
        """Return whether there is nothing left to wait for; jobs start once all parts are recommended."""
        if not Progress(run=run, stage=StageName.RECOMMENDER).complete:
            return False
        for task in ROUNDS:
            if not (is_kept(run, task) or await self._task_answered(run, task)):
                return False
        return True

    async def _task_answered(self, run: Run, task: JobTask) -> bool:
        job_id = job_of(run, task)
        if job_id is None:
            return await self._start(run, task)
        state = await self.jobs.state(job_id)
        if state.status is JobStatus.STOPPED:
            await fail_run(run.run_id, STOPPED, self.ledger, self.announcer)
            return False
        if state.status is JobStatus.RUNNING:
            return False
        if state.status is JobStatus.FAILED:
            log.error("copy_job_failed", task=task, reason=state.message)
        await self._keep(run, task, job_id)
        return True

    async def _start(self, run: Run, task: JobTask) -> bool:
        """Start the task's job; return True if there are too few prompts for one."""
        found = input_of(run, task) or await self._collect(run, task)
        if found.prompts < self.from_prompts:
            await self.ledger.set_step(run.run_id, **job_step(task, NO_JOB))
            return True
        expected = found.expected_units(self.collect_prompts.model_id)
        await self.stage.reserve(run.run_id, _budget_piece(task), expected)
        try:
            job_id = await self.jobs.start(run.run_id, task, prompts=found.prompts)
        except BusyError as error:
            log.info("copy_job_not_started", task=task, reason=str(error))
            return False
        await self.ledger.set_step(run.run_id, **job_step(task, job_id))
        log.info("copy_job_started", task=task, job_id=job_id, prompts=found.prompts)
        return False

    async def _collect(self, run: Run, task: JobTask) -> JobInput:
        """Write the input once, however long the job has to wait."""
        started_at = utc_now()
        found = await self.collect_prompts.run(run, task)
        result = PartResult(units={"s3.puts": found.files, "dynamodb.reads": found.prompts})
        await self.stage.record(run.run_id, f"{task}-prompts", started_at, result)
        await self.ledger.set_step(run.run_id, **input_step(task, found))
        return found

    async def _keep(self, run: Run, task: JobTask, job_id: str) -> None:
        """Keep what the job has answered, all of it or some, and record what it is paid for."""
        started_at = utc_now()
        written = input_of(run, task) or JobInput(prompts=0, files=0)
        result = await self.keep_answers.run(run.run_id, task, job_id, written)
        await self.stage.record(run.run_id, f"{task}-job", started_at, result)
        await self.stage.correct(run.run_id, _budget_piece(task), result.units)
        await self.ledger.set_step(run.run_id, **kept_step(task))

    async def _end(self, run: Run) -> None:
        """Stop paying for a run that has ended, and announce a failure that may not have been.

        The jobs of a run that its budget has stopped are paid for: they go on.
        """
        if run.status is RunStatus.STOPPED:
            return
        for task in ROUNDS:
            if (job_id := job_of(run, task)) and not is_kept(run, task):
                await self.jobs.stop(job_id)
        if run.status is RunStatus.FAILED:
            await fail_run(run.run_id, run.reason or "", self.ledger, self.announcer)


def _budget_piece(task: JobTask) -> str:
    return f"Bedrock's job on {task}"
