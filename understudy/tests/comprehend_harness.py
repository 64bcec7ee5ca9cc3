"""What tests of Comprehend's jobs share: a server with a bucket, and the steps that clients repeat."""

import json
import tarfile
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from comprehends import FoundMention, WordReader, comprehend_service

from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_boto3_comprehend import ComprehendClient
    from types_boto3_s3 import S3Client

ROLE = "arn:aws:iam::000000000000:role/comprehend"
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})
ENDED = {"COMPLETED", "FAILED", "STOPPED"}
SENTIMENT, TARGETED = "sentiment", "targeted_sentiment"
PADDING = b"x" * 500
"""Makes an input large enough for a job."""


@dataclass
class Harness:
    """understudy with a bucket, and the steps that clients repeat; `kind` is the type of job."""

    comprehend: "ComprehendClient"
    s3: "S3Client"
    kind: str = SENTIMENT
    bucket: str = field(default_factory=lambda: f"data-{uuid.uuid4().hex}")

    def call(self, verb: str, suffix: str = "job", **params: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
        """Call an operation on jobs of the kind."""
        answer: dict[str, Any] = getattr(self.comprehend, f"{verb}_{self.kind}_detection_{suffix}")(**params)
        return answer

    def put(self, key: str, body: bytes) -> None:
        """Store an input file."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def start(self, source: str = "in/", *, per_line: bool = True, **extra: Any) -> str:  # noqa: ANN401 - any parameter
        """Start a job and return its id."""
        params = {
            "InputDataConfig": {
                "S3Uri": f"s3://{self.bucket}/{source}",
                **({"InputFormat": "ONE_DOC_PER_LINE"} if per_line else {}),
            },
            "OutputDataConfig": {"S3Uri": f"s3://{self.bucket}/out"},
            "DataAccessRoleArn": ROLE,
            "LanguageCode": "en",
            **extra,
        }
        return str(self.call("start", **params)["JobId"])

    def describe(self, job_id: str) -> dict[str, Any]:
        """Return the properties of a job."""
        [(_, found)] = [
            (name, value)
            for name, value in self.call("describe", JobId=job_id).items()
            if name != "ResponseMetadata"
        ]
        return dict(found)

    def wait(self, job_id: str) -> dict[str, Any]:
        """Return the properties of a job once it has ended."""
        while True:
            found = self.describe(job_id)
            if found["JobStatus"] in ENDED:
                return found
            threading.Event().wait(0.01)

    def results(self, job_id: str) -> list[dict[str, Any]]:
        """Return the lines of a finished job's output."""
        uri = self.wait(job_id)["OutputDataConfig"]["S3Uri"]
        body = self.s3.get_object(Bucket=self.bucket, Key=uri.removeprefix(f"s3://{self.bucket}/"))["Body"]
        with tarfile.open(fileobj=BytesIO(body.read())) as archive:
            assert archive.getnames() == ["output"]
            member = archive.extractfile("output")
            assert member is not None
            return [json.loads(line) for line in member.read().decode().splitlines()]

    def failure(self, job_id: str) -> str:
        """Return the code in the message of a job that fails."""
        found = self.wait(job_id)
        assert found["JobStatus"] == "FAILED"
        code, _, sentence = found["Message"].partition(": ")
        assert sentence
        return str(code)


Serve = Callable[..., AbstractContextManager[Harness]]
"""Opens a harness for a type of job; the other arguments are settings of the service."""


def serve_at(emulator_url: str) -> Serve:
    """Return a way to open harnesses on an S3 emulator."""

    @contextmanager
    def serve(kind: str = SENTIMENT, **settings: Any) -> Iterator[Harness]:  # noqa: ANN401 - any setting
        with UnderstudyServer([comprehend_service(emulator_url, **settings)]) as server:
            harness = Harness(
                comprehend=boto3.client("comprehend", endpoint_url=server.url, config=UNCHECKED),
                s3=boto3.client("s3", endpoint_url=emulator_url),
                kind=kind,
            )
            harness.s3.create_bucket(
                Bucket=harness.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
            yield harness

    return serve


class HaltedReader(WordReader):
    """Reads a number of texts and then waits until it is released."""

    def __init__(self, texts: int) -> None:
        super().__init__()
        self._left = texts
        self.halted, self.released = threading.Event(), threading.Event()

    def read(self, text: str) -> Sequence[FoundMention]:
        """Return the mentions, in time."""
        if self._left == 0:
            self.halted.set()
            assert self.released.wait(60)
        self._left -= 1
        return super().read(text)


def refusal(call: Callable[..., Any], *args: Any, **params: Any) -> str:  # noqa: ANN401 - any parameter
    """Return the code of the error that a call gets, which is a 400."""
    with pytest.raises(ClientError) as raised:
        call(*args, **params)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return raised.value.response["Error"]["Code"]
