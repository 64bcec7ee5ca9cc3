"""One job and its states."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from understudy.job_list import now_in_ms
from understudy.s3 import Location

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from understudy.wire.service import Params


class JobStatus(StrEnum):
    """The states of a job, as AWS spells them."""

    SUBMITTED = "SUBMITTED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    STOP_REQUESTED = "STOP_REQUESTED"
    STOPPED = "STOPPED"


_PLAIN = ("number", "id", "arn", "detail", "status", "submitted", "ended", "message")
ENDED = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.STOPPED})


@dataclass(slots=True, eq=False, kw_only=True)
class Job:
    """A job: `detail` is what Describe returns of its request, `number` counts the jobs of its type."""

    number: int
    id: str
    arn: str
    detail: Params
    source: Location
    target: Location
    tags: Sequence[Params] = ()
    status: JobStatus = JobStatus.SUBMITTED
    submitted: datetime = field(default_factory=now_in_ms)
    ended: datetime | None = None
    message: str | None = None

    @property
    def active(self) -> bool:
        """Whether it has not ended."""
        return self.status not in ENDED

    @property
    def stop_requested(self) -> bool:
        """Whether it should end before all documents are done."""
        return self.status is JobStatus.STOP_REQUESTED

    @property
    def one_document_per_line(self) -> bool:
        """Whether each line is a document, rather than each file."""
        return bool(self.detail["InputDataConfig"]["InputFormat"] == "ONE_DOC_PER_LINE")

    def move(self, status: JobStatus, message: str | None = None) -> None:
        """Set the status, and with a final one the time of the end."""
        self.status, self.message = status, message
        if not self.active:
            self.ended = now_in_ms()

    def stored(self) -> Params:
        """Return what `job_of` makes the job of again."""
        content = {name: getattr(self, name) for name in _PLAIN}
        return {
            **content,
            "tags": list(self.tags),
            "source": [*_parts(self.source)],
            "target": [*_parts(self.target)],
        }

    def properties(self) -> Params:
        """Return the job as Describe and List show it."""
        state = {
            "JobId": self.id,
            "JobArn": self.arn,
            "JobStatus": self.status,
            "Message": self.message,
            "SubmitTime": self.submitted,
            "EndTime": self.ended,
        }
        return {**self.detail, **{name: value for name, value in state.items() if value is not None}}


def job_of(stored: Params) -> Job:
    """Return the job that was stored."""
    return Job(
        **{
            **stored,
            "source": Location(*stored["source"]),
            "target": Location(*stored["target"]),
            "status": JobStatus(stored["status"]),
        }
    )


def _parts(location: Location) -> tuple[str, str]:
    return location.bucket, location.key
