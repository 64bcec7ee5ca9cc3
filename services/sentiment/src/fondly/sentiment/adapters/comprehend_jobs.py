"""Asynchronous sentiment jobs of Amazon Comprehend on objects in the data bucket."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from fondly.contracts import object_keys
from fondly.runtime.errors import error_code
from fondly.runtime.tags import RUN
from fondly.sentiment.domain.job import JobState, JobStatus
from fondly.sentiment.ports import BusyError

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient

BUSY = frozenset({"TooManyRequestsException", "LimitExceededException", "ResourceInUseException"})
STATUSES = {
    "COMPLETED": JobStatus.COMPLETED,
    "FAILED": JobStatus.FAILED,
    "STOP_REQUESTED": JobStatus.STOPPED,
    "STOPPED": JobStatus.STOPPED,
}


class ComprehendJobs:
    """Starts a job for each run and language once: the same request again gives the same job."""

    def __init__(
        self,
        client: "ComprehendClient",
        *,
        bucket: str,
        role_arn: str,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._role_arn = role_arn
        self._tags = tags or {}

    async def start(self, run_id: str, language: str, *, texts: int) -> str:
        """Start the job on a run's texts of one language and return its id.

        Raises `BusyError` if the account has as many jobs as it may have.
        """
        name = f"{run_id}-{language}"
        try:
            reply = await self._client.start_sentiment_detection_job(
                InputDataConfig={
                    "S3Uri": self._uri(run_id, f"input/{language}/"),
                    "InputFormat": "ONE_DOC_PER_LINE",
                },
                OutputDataConfig={"S3Uri": self._uri(run_id, "output/")},
                DataAccessRoleArn=self._role_arn,
                JobName=name,
                LanguageCode=language,  # type: ignore[arg-type] # one of those that Comprehend supports
                ClientRequestToken=f"{name}-{texts}",
                Tags=[{"Key": key, "Value": value} for key, value in {**self._tags, RUN: run_id}.items()],
            )
        except ClientError as error:
            if error_code(error) in BUSY:
                raise BusyError(error_code(error)) from error
            raise
        return reply["JobId"]

    async def state(self, job_id: str) -> JobState:
        """Return what has become of a job."""
        reply = await self._client.describe_sentiment_detection_job(JobId=job_id)
        job = reply["SentimentDetectionJobProperties"]
        output = job.get("OutputDataConfig", {}).get("S3Uri", "")
        return JobState(
            status=STATUSES.get(job["JobStatus"], JobStatus.RUNNING),
            output_key=output.removeprefix(f"s3://{self._bucket}/"),
            message=job.get("Message", ""),
        )

    def _uri(self, run_id: str, name: str) -> str:
        return f"s3://{self._bucket}/{object_keys.sentiment_job(run_id, name)}"
