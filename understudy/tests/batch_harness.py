"""What tests of Bedrock's batch jobs share: a server with a bucket, and the steps that clients repeat."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
from bedrocks import ACCOUNT, HAIKU, bedrock_services, body, user
from botocore.config import Config

from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_boto3_bedrock import BedrockClient
    from types_boto3_s3 import S3Client

ROLE = "arn:aws:iam::000000000000:role/bedrock"
ENDED = {"Completed", "Failed", "Stopped"}
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})
CONVERSE = {"messages": [user()], "inferenceConfig": {"maxTokens": 500}}


@dataclass
class Harness:
    """Bedrock with a bucket, and the steps that clients repeat."""

    bedrock: "BedrockClient"
    s3: "S3Client"
    url: str
    bucket: str = field(default_factory=lambda: f"batch-{uuid.uuid4().hex}")

    def put(self, key: str, inputs: Sequence[object]) -> None:
        """Store an input file: a line for each input, with the number of its line as id."""
        lines = [
            json.dumps({"recordId": f"record-{number}", "modelInput": each})
            for number, each in enumerate(inputs)
        ]
        self.put_lines(key, "\n".join(lines))

    def put_lines(self, key: str, text: str) -> None:
        """Store a file."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())

    def request(self, source: str = "in/a.jsonl", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any parameter
        """Return the parameters of Create."""
        return {
            "jobName": "copy",
            "roleArn": ROLE,
            "modelId": HAIKU,
            "inputDataConfig": {"s3InputDataConfig": {"s3Uri": f"s3://{self.bucket}/{source}"}},
            "outputDataConfig": {"s3OutputDataConfig": {"s3Uri": f"s3://{self.bucket}/out/"}},
            **changes,
        }

    def start(self, source: str = "in/a.jsonl", **changes: Any) -> str:  # noqa: ANN401 - any parameter
        """Create a job and return its ARN."""
        return self.bedrock.create_model_invocation_job(**self.request(source, **changes))["jobArn"]

    def status(self, arn: str) -> str:
        """Return the state of a job."""
        return self.bedrock.get_model_invocation_job(jobIdentifier=arn)["status"]

    def wait(self, arn: str) -> dict[str, Any]:
        """Return a job once it has ended."""
        while self.status(arn) not in ENDED:
            threading.Event().wait(0.01)
        return {**self.bedrock.get_model_invocation_job(jobIdentifier=arn)}

    def results(self, arn: str, file: str = "a.jsonl") -> list[dict[str, Any]]:
        """Return the lines of an output file of a job that completes."""
        found = self.wait(arn)
        assert found["status"] == "Completed", found.get("message")
        return [json.loads(line) for line in self.output(arn, f"{file}.out").splitlines()]

    def output(self, arn: str, name: str) -> str:
        """Return an object of a job's output."""
        key = f"out/{arn.rpartition('/')[2]}/{name}"
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode()

    def manifest(self, arn: str) -> dict[str, int]:
        """Return the counts that a job wrote."""
        content: dict[str, int] = json.loads(self.output(arn, "manifest.json.out"))
        return content

    def failure(self, arn: str) -> str:
        """Return the message of a job that fails."""
        found = self.wait(arn)
        assert found["status"] == "Failed"
        return str(found["message"])


Serve = Callable[..., AbstractContextManager[Harness]]
"""Opens a harness; the arguments are options of Bedrock."""


def serve_at(emulator_url: str) -> Serve:
    """Return a way to open harnesses on an S3 emulator."""

    @contextmanager
    def serve(**options: Any) -> Iterator[Harness]:  # noqa: ANN401 - any option
        with UnderstudyServer(bedrock_services(emulator_url, **options)) as server:
            harness = Harness(
                bedrock=boto3.client("bedrock", endpoint_url=server.url, config=UNCHECKED, **ACCOUNT),
                s3=boto3.client("s3", endpoint_url=emulator_url, **ACCOUNT),
                url=server.url,
            )
            harness.s3.create_bucket(
                Bucket=harness.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
            yield harness

    return serve


def bodies(count: int) -> list[dict[str, Any]]:
    """Return so many bodies in the form of Claude's, all different."""
    return [body(messages=[{"role": "user", "content": f"Hello {number}"}]) for number in range(count)]
