"""One batch inference job and its states."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from understudy.job_list import now_in_ms
from understudy.s3 import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from understudy.bedrock.models import Model
    from understudy.bedrock.request import Usage
    from understudy.wire.service import Params

_DEFAULT_TIMEOUT_H = 24


class JobStatus(StrEnum):
    """The states of a job, as AWS spells them."""

    SUBMITTED = "Submitted"
    VALIDATING = "Validating"
    SCHEDULED = "Scheduled"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"
    FAILED = "Failed"
    STOPPING = "Stopping"
    STOPPED = "Stopped"


_PLAIN = ("number", "id", "arn", "detail", "status", "submitted", "modified", "ended", "message")
ENDED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.STOPPED})


@dataclass(slots=True)
class Tally:
    """How many records a job has, how many were answered or failed, and the tokens of the answers."""

    total: int = 0
    succeeded: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def count(self, usage: Usage | None) -> None:
        """Count a record: one that failed has no usage."""
        if usage is None:
            self.failed += 1
            return
        self.succeeded += 1
        self.input_tokens += usage.input
        self.output_tokens += usage.output

    def records(self) -> dict[str, int]:
        """Return the counts of records by AWS's names."""
        return {
            "totalRecordCount": self.total,
            "processedRecordCount": self.succeeded + self.failed,
            "successRecordCount": self.succeeded,
            "errorRecordCount": self.failed,
        }

    def manifest(self) -> dict[str, int]:
        """Return the content of `manifest.json.out`."""
        return {
            **self.records(),
            "inputTokenCount": self.input_tokens,
            "outputTokenCount": self.output_tokens,
        }


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """A job: `detail` is what Get returns of its request, `number` counts all jobs."""

    number: int
    id: str
    arn: str
    detail: Params
    model: Model
    source: Location
    target: Location
    tags: Sequence[Params] = ()
    status: JobStatus = JobStatus.SUBMITTED
    submitted: datetime = field(default_factory=now_in_ms)
    modified: datetime = field(default_factory=now_in_ms)
    ended: datetime | None = None
    message: str | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.status not in ENDED

    @property
    def stopping(self) -> bool:
        """Whether it should end before all records are done."""
        return self.status is JobStatus.STOPPING

    @property
    def invocation_type(self) -> str:
        """The operation whose form the records have: `InvokeModel` or `Converse`."""
        return str(self.detail["modelInvocationType"])

    def move(self, status: JobStatus, message: str | None = None) -> None:
        """Set the status, and with a final one the time of the end."""
        self.status, self.message, self.modified = status, message, now_in_ms()
        if not self.active:
            self.ended = self.modified

    def stored(self) -> Params:
        """Return what `job_of` makes the job of again."""
        content = {name: getattr(self, name) for name in _PLAIN}
        return {
            **content,
            "tags": list(self.tags),
            "source": [self.source.bucket, self.source.key],
            "target": [self.target.bucket, self.target.key],
            "tally": asdict(self.tally),
        }

    def properties(self) -> Params:
        """Return the job as Get and List show it."""
        timeout = timedelta(hours=self.detail.get("timeoutDurationInHours", _DEFAULT_TIMEOUT_H))
        state = {
            "jobArn": self.arn,
            "status": self.status,
            "message": self.message,
            "submitTime": self.submitted,
            "lastModifiedTime": self.modified,
            "endTime": self.ended,
            "jobExpirationTime": self.submitted + timeout,
            **self.tally.records(),
        }
        return {**self.detail, **{name: value for name, value in state.items() if value is not None}}


def job_of(stored: Params, model: Model) -> Job:
    """Return the job that was stored, of a model; one that has not ended has answered nothing yet."""
    tally, status = Tally(**stored["tally"]), JobStatus(stored["status"])
    return Job(
        **{
            **stored,
            "model": model,
            "source": Location(*stored["source"]),
            "target": Location(*stored["target"]),
            "status": status,
            "tally": tally if status in ENDED else Tally(total=tally.total),
        }
    )
