import json
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.errors import PermanentError
from fondly.mailer.adapters.bedrock_capabilities import capabilities_of
from fondly.mailer.adapters.bedrock_requests import ModelChoice
from fondly.mailer.adapters.copy_jobs import BedrockCopyJobs
from fondly.mailer.domain.copy.job import JobStatus, JobTask
from fondly.mailer.domain.copy.prompt import Prompt, Task
from fondly.mailer.ports import BusyError, JobAnswer, ModelReply

if TYPE_CHECKING:
    from types_aiobotocore_bedrock.client import BedrockClient

MODEL = "eu.anthropic.claude-haiku-5-5"
ROLE = "arn:aws:iam::123456789012:role/batch"
ARN = "arn:aws:bedrock:eu-west-1:123456789012:model-invocation-job/abcdef123456"
PROMPT = Prompt(Task.FRAME, "3", "Rules. " * 2_000, "<facts>{}</facts>", '{"type": "object"}', 700)


class StubBedrock:
    """A client of Bedrock's jobs that answers with the given status, or with an error."""

    def __init__(self, *, status: str = "Submitted", error: tuple[str, str] | None = None) -> None:
        self.requests: list[dict[str, Any]] = []
        self._status, self._error = status, error

    async def create_model_invocation_job(self, **request: object) -> dict[str, str]:
        """Keep the request and start a job."""
        self._take(request)
        return {"jobArn": ARN}

    async def get_model_invocation_job(self, **request: object) -> dict[str, str]:
        """Keep the request and return the job's status."""
        self._take(request)
        return {"status": self._status, "message": "because"}

    async def stop_model_invocation_job(self, **request: object) -> dict[str, str]:
        """Keep the request."""
        self._take(request)
        return {}

    def _take(self, request: dict[str, object]) -> None:
        self.requests.append(request)
        if self._error:
            code, message = self._error
            raise ClientError({"Error": {"Code": code, "Message": message}}, "CreateModelInvocationJob")


def jobs_of(stub: StubBedrock) -> BedrockCopyJobs:
    """The adapter on a stubbed client."""
    choice = ModelChoice(model_id=MODEL, capabilities=capabilities_of(MODEL), temperature=0.7)
    return BedrockCopyJobs(
        cast("BedrockClient", stub), choice, bucket="data", role_arn=ROLE, tags={"stack": "shop"}
    )


def test_a_record_is_a_request_without_what_a_batch_does_not_allow() -> None:
    """No model, no structured output and no cache point: the schema is part of the prompt instead."""
    line = jobs_of(StubBedrock()).line(PROMPT)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    record = json.loads(line)
    assert record["recordId"] == PROMPT.key(MODEL)
    text = record["modelInput"]["messages"][0]["content"][0]["text"]
    assert text.startswith(PROMPT.text)
    assert text.endswith(PROMPT.schema)
    assert record["modelInput"] == {
        "system": [{"text": PROMPT.system}],
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "inferenceConfig": {"maxTokens": 700, "temperature": 0.7},
    }


def test_an_answer_is_found_by_its_key() -> None:
    """The order of the output does not matter; the tokens are those that Bedrock bills."""
    output = {
        "output": {"message": {"role": "assistant", "content": [{"text": 'Here: {"a": 1}'}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 900, "outputTokens": 80, "totalTokens": 980},
    }
    line = json.dumps({"recordId": "k", "modelInput": {}, "modelOutput": output}).encode()
    reply = ModelReply(text='{"a": 1}', input_tokens=900, output_tokens=80)
    assert jobs_of(StubBedrock()).answer(line) == JobAnswer("k", reply)


def test_a_record_that_failed_says_why() -> None:
    """The others in the file are not affected."""
    error = {"errorCode": 400, "errorMessage": "bad request"}
    line = json.dumps({"recordId": "k", "modelInput": {}, "error": error}).encode()
    answer = jobs_of(StubBedrock()).answer(line)
    assert (answer.key, answer.reply, answer.problem) == ("k", None, "400 bad request")


async def test_a_job_is_started_once_for_a_run_and_task() -> None:
    """The same prompts make the same request, with the same token, so Bedrock returns the same job."""
    stub = StubBedrock()
    assert await jobs_of(stub).start("run-1", JobTask.COPY, prompts=200) == ARN
    await jobs_of(stub).start("run-1", JobTask.COPY, prompts=200)
    first, second = stub.requests
    assert first == second
    assert first == {
        "jobName": "run-1-copy",
        "clientRequestToken": "run-1-copy-200",
        "modelId": MODEL,
        "roleArn": ROLE,
        "modelInvocationType": "Converse",
        "inputDataConfig": {
            "s3InputDataConfig": {
                "s3InputFormat": "JSONL",
                "s3Uri": "s3://data/runs/run-1/copy/job/copy/input/",
            }
        },
        "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": "s3://data/runs/run-1/copy/job/copy/output/"}},
        "timeoutDurationInHours": 24,
        "tags": [{"key": "stack", "value": "shop"}, {"key": "run", "value": "run-1"}],
    }


@pytest.mark.parametrize("code", ["ServiceQuotaExceededException", "ThrottlingException"])
async def test_an_account_with_too_many_jobs_is_busy(code: str) -> None:
    """The next poll tries again."""
    with pytest.raises(BusyError, match=code):
        await jobs_of(StubBedrock(error=(code, "later"))).start("run-1", JobTask.COPY, prompts=200)


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"]
)
async def test_a_job_that_cannot_be_started_is_permanent_and_says_why(code: str) -> None:
    """A role or model that allows no job would otherwise cost twice as much without a word."""
    with pytest.raises(
        PermanentError, match=f"no batch inference job could be started: {code}: no such role"
    ):
        await jobs_of(StubBedrock(error=(code, "no such role"))).start("run-1", JobTask.COPY, prompts=200)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Submitted", JobStatus.RUNNING),
        ("Validating", JobStatus.RUNNING),
        ("Scheduled", JobStatus.RUNNING),
        ("InProgress", JobStatus.RUNNING),
        ("Completed", JobStatus.ENDED),
        ("PartiallyCompleted", JobStatus.ENDED),
        ("Failed", JobStatus.FAILED),
        ("Expired", JobStatus.FAILED),
        ("Stopping", JobStatus.STOPPED),
        ("Stopped", JobStatus.STOPPED),
    ],
)
async def test_every_status_of_a_job_is_known(status: str, expected: JobStatus) -> None:
    """One that ran out of time has answered some prompts; one that never started has failed."""
    state = await jobs_of(StubBedrock(status=status)).state(ARN)
    assert (state.status, state.message) == (expected, f"{status}: because")


async def test_a_job_that_has_ended_cannot_be_stopped() -> None:
    """That is no failure; another error is."""
    await jobs_of(StubBedrock(error=("ConflictException", "already finished"))).stop(ARN)
    with pytest.raises(ClientError, match="AccessDenied"):
        await jobs_of(StubBedrock(error=("AccessDeniedException", "no"))).stop(ARN)
