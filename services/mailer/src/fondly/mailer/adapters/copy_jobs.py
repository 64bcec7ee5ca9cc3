"""Batch inference jobs of Amazon Bedrock on objects in the data bucket."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from fondly.contracts import object_keys
from fondly.contracts.errors import PermanentError
from fondly.mailer.adapters.bedrock_capabilities import Capabilities
from fondly.mailer.adapters.bedrock_replies import read_reply
from fondly.mailer.adapters.bedrock_requests import ModelChoice, converse_request
from fondly.mailer.domain.copy.job import JobState, JobStatus, JobTask
from fondly.mailer.domain.copy.prompt import Prompt
from fondly.mailer.ports import BusyError, JobAnswer, ModelMessage
from fondly.runtime.errors import error_code
from fondly.runtime.tags import RUN

if TYPE_CHECKING:
    from types_aiobotocore_bedrock.client import BedrockClient

TIMEOUT_HOURS = 24
"""The least that Bedrock accepts; a job that has not ended by then keeps what it has answered."""
BUSY = frozenset({"ServiceQuotaExceededException", "ThrottlingException"})
UNUSABLE = frozenset({"AccessDeniedException", "ResourceNotFoundException", "ValidationException"})
ENDED = "ConflictException"
STATUSES = {
    "Completed": JobStatus.ENDED,
    "PartiallyCompleted": JobStatus.ENDED,
    "Failed": JobStatus.FAILED,
    "Expired": JobStatus.FAILED,
    "Stopping": JobStatus.STOPPED,
    "Stopped": JobStatus.STOPPED,
}
LIMITS = Capabilities(temperature=True)
"""Neither structured output nor a cache point is allowed in a batch: the schema is part of the prompt."""
OWN_MEMBERS = frozenset({"system", "messages", "inferenceConfig"})
"""Those of a record; the model is the job's."""


class BedrockCopyJobs:
    """Starts a job for each run and task once: the same request again gives the same job."""

    def __init__(
        self,
        client: "BedrockClient",
        choice: ModelChoice,
        *,
        bucket: str,
        role_arn: str,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._choice = choice
        self._bucket = bucket
        self._role_arn = role_arn
        self._tags = tags or {}

    def line(self, prompt: Prompt) -> bytes:
        """Return the input line of a prompt: a request of `Converse`, under the prompt's key."""
        takes = replace(LIMITS, temperature=self._choice.capabilities.temperature)
        request = converse_request(
            replace(self._choice, capabilities=takes),
            prompt.system,
            [ModelMessage("user", prompt.text)],
            schema=prompt.schema,
            max_tokens=prompt.max_tokens,
        )
        model_input = {name: value for name, value in request.items() if name in OWN_MEMBERS}
        record = {"recordId": prompt.key(self._choice.model_id), "modelInput": model_input}
        return json.dumps(record, ensure_ascii=False).encode() + b"\n"

    def answer(self, line: bytes) -> JobAnswer:
        """Read an output line: an answer or an error, under the key of its prompt."""
        record: dict[str, Any] = json.loads(line)
        if "modelOutput" in record:
            return JobAnswer(record["recordId"], read_reply(record["modelOutput"]))
        error = record.get("error", {})
        return JobAnswer(
            record["recordId"], error=f"{error.get('errorCode', '')} {error.get('errorMessage', '')}".strip()
        )

    async def start(self, run_id: str, task: JobTask, *, prompts: int) -> str:
        """Start the job on a run's prompts of one task and return its ARN.

        Raises `BusyError` if the account has as many jobs as it may have, and `PermanentError` with Bedrock's
        reason if the model, the role or the region allows none.
        """
        name = f"{run_id}-{task}"
        try:
            reply = await self._client.create_model_invocation_job(
                jobName=name,
                clientRequestToken=f"{name}-{prompts}",
                modelId=self._choice.model_id,
                roleArn=self._role_arn,
                modelInvocationType="Converse",
                inputDataConfig={
                    "s3InputDataConfig": {
                        "s3InputFormat": "JSONL",
                        "s3Uri": self._uri(run_id, f"{task}/input/"),
                    }
                },
                outputDataConfig={"s3OutputDataConfig": {"s3Uri": self._uri(run_id, f"{task}/output/")}},
                timeoutDurationInHours=TIMEOUT_HOURS,
                tags=[{"key": key, "value": value} for key, value in {**self._tags, RUN: run_id}.items()],
            )
        except ClientError as error:
            raise _reason(error) from error
        return reply["jobArn"]

    async def state(self, job_id: str) -> JobState:
        """Return what has become of a job."""
        job = await self._client.get_model_invocation_job(jobIdentifier=job_id)
        status = job.get("status", "")
        return JobState(STATUSES.get(status, JobStatus.RUNNING), f"{status}: {job.get('message', '')}")

    async def stop(self, job_id: str) -> None:
        """Stop a job; one that has ended stays as it is."""
        try:
            await self._client.stop_model_invocation_job(jobIdentifier=job_id)
        except ClientError as error:
            if error_code(error) != ENDED:
                raise

    def _uri(self, run_id: str, name: str) -> str:
        return f"s3://{self._bucket}/{object_keys.copy_job(run_id, name)}"


def _reason(error: ClientError) -> Exception:
    code, message = error_code(error), error.response.get("Error", {}).get("Message", "")
    if code in BUSY:
        return BusyError(f"{code}: {message}")
    if code in UNUSABLE:
        return PermanentError(f"no batch inference job could be started: {code}: {message}")
    return error
