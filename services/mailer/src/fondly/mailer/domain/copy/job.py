"""The state of a run whose prompts are asked by batch inference, as the ledger keeps it."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from fondly.runtime.runs.run import ATTEMPTS, Run, StageName

ATTEMPT = ATTEMPTS[StageName.MAILER]
ASKED = "copy_asked"
"""Set once a run waits for no job: its parts are mailed."""


class JobTask(StrEnum):
    """What a run has a job for."""

    FEATURES = "features"
    COPY = "copy"
    """Frames, and texts on products."""


ROUNDS = (JobTask.FEATURES, JobTask.COPY)
"""What is asked, in order: copy names the features that the first round finds."""
NO_JOB = ""
YES = "yes"
BYTES_PER_TOKEN = 4
"""Of the input of a job: measured, 4.1."""
PERCENT_OF_MAX_TOKENS = 30
"""What answers have of the most that they may have: measured, 26 for copy and 7 for features."""


class JobStatus(StrEnum):
    """What has become of a job; Bedrock has a few more words for each."""

    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class JobState:
    """A job, and why it failed."""

    status: JobStatus
    message: str = ""


@dataclass(frozen=True)
class JobInput:
    """How many prompts a job is to be asked, in how many files, how long they and their answers may be."""

    prompts: int
    files: int
    bytes: int = 0
    max_tokens: int = 0

    def expected_units(self, model_id: str) -> dict[str, int]:
        """Return what Bedrock is expected to charge for the job."""
        return {
            f"bedrock.batch_input_tokens.{model_id}": self.bytes // BYTES_PER_TOKEN,
            f"bedrock.batch_output_tokens.{model_id}": self.max_tokens * PERCENT_OF_MAX_TOKENS // 100,
        }


_input = TypeAdapter(JobInput)


def input_step(task: JobTask, found: JobInput) -> dict[str, str]:
    """Return the step state that says what a task's job is to be asked."""
    return {f"copy_{task}_input": _input.dump_json(found).decode()}


def input_of(run: Run, task: JobTask) -> JobInput | None:
    """The input of a task's job; None until all of it is written."""
    found = run.step.get(f"copy_{task}_input")
    return None if found is None else _input.validate_json(found)


def job_step(task: JobTask, job_id: str) -> dict[str, str]:
    """Return the step state that names a task's job, `NO_JOB` if it has none."""
    return {f"copy_{task}_job": job_id}


def job_of(run: Run, task: JobTask) -> str | None:
    """The id of a task's job, `NO_JOB` if it needs none; None until that is decided."""
    return run.step.get(f"copy_{task}_job")


def kept_step(task: JobTask) -> dict[str, str]:
    """Return the step state that says that the answers of a task's job are kept."""
    return {f"copy_{task}_kept": YES}


def is_kept(run: Run, task: JobTask) -> bool:
    """Whether there is nothing left to wait for in a task."""
    return job_of(run, task) == NO_JOB or f"copy_{task}_kept" in run.step


def file_name(number: int) -> str:
    """The name of an input file, counted from one; Bedrock accepts no other ending."""
    return f"prompts-{number:05}.jsonl"


def job_payer(run_id: str) -> str:
    """The name of a run's jobs as the payer of answers."""
    return f"{run_id}/job"
