"""The state of a run that is scored by asynchronous jobs, as the ledger keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from encore.runtime.runs.run import Run

ATTEMPT = "sentiment_attempt"
JOBS = "sentiment_jobs"
_jobs = TypeAdapter(dict[str, str])


class JobStatus(StrEnum):
    """What has become of a job; Comprehend has a few more words for the first."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class JobState:
    """A job: the key of its output, which is known from the start, and why it failed."""

    status: JobStatus
    output_key: str = ""
    message: str = ""


def attempt_of(run: Run) -> int:
    """The attempt that the run waits for."""
    return int(run.step.get(ATTEMPT, 0))


def jobs_of(run: Run) -> dict[str, str] | None:
    """The ids of the run's jobs by language; None until they are started."""
    return _jobs.validate_json(run.step[JOBS]) if JOBS in run.step else None


def write_jobs(jobs: Mapping[str, str]) -> str:
    """Return job ids by language, as the ledger keeps them."""
    return _jobs.dump_json(dict(jobs)).decode()
