"""The state of a run that is scored by asynchronous jobs, as the ledger keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from fondly.runtime.runs.run import ATTEMPTS, Run, StageName

ATTEMPT = ATTEMPTS[StageName.SENTIMENT]
INPUT = "sentiment_input"
JOBS = "sentiment_jobs"
KEPT = "sentiment_kept"


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


@dataclass(frozen=True)
class JobInput:
    """How many texts a job is to be asked about, and what Comprehend bills for them."""

    texts: int
    units: int


_jobs = TypeAdapter(dict[str, str])
_input = TypeAdapter(dict[str, JobInput])


def input_of(run: Run) -> dict[str, JobInput] | None:
    """The input of the run's jobs by language; None until all of it is written."""
    return _input.validate_json(run.step[INPUT]) if INPUT in run.step else None


def write_input(found: Mapping[str, JobInput]) -> str:
    """Return the input by language, as the ledger keeps it."""
    return _input.dump_json(dict(found)).decode()


def jobs_of(run: Run) -> dict[str, str] | None:
    """The ids of the run's jobs by language; None until they are started."""
    return _jobs.validate_json(run.step[JOBS]) if JOBS in run.step else None


def write_jobs(jobs: Mapping[str, str]) -> str:
    """Return job ids by language, as the ledger keeps them."""
    return _jobs.dump_json(dict(jobs)).decode()
