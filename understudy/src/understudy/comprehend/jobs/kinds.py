"""The types of job, and where they write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.comprehend.limits import SENTIMENT_JOB, TARGETED_JOB, JobLimits

if TYPE_CHECKING:
    from understudy.s3 import Location


@dataclass(frozen=True, slots=True)
class JobKind:
    """One type of job: `noun` is in the names of its operations, `folder_type` in that of its output."""

    noun: str
    arn_type: str
    folder_type: str
    limits: JobLimits

    @property
    def properties(self) -> str:
        """The member of a Describe response that contains the job; a List response adds `List`."""
        return f"{self.noun}JobProperties"

    def output(self, target: Location, *, account_id: str, job_id: str) -> Location:
        """Return the archive that a job writes below `target`."""
        return target.child(f"{account_id}-{self.folder_type}-{job_id}/output/output.tar.gz")


JOB_KINDS = {
    "Sentiment": JobKind("SentimentDetection", "sentiment-detection-job", "SENTIMENT", SENTIMENT_JOB),
    "TargetedSentiment": JobKind(
        "TargetedSentimentDetection", "targeted-sentiment-detection-job", "TS", TARGETED_JOB
    ),
}
"""The types of job by the noun of their analysis."""
