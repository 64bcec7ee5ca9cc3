"""A shop's dataset in Personalize, and what is made of it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import psutil
from botocore.exceptions import ClientError

from harness.local_aws.usage import bytes_below
from harness.processes import MIB, family_resident_mib

if TYPE_CHECKING:
    from types_boto3_personalize import PersonalizeClient

ROLE = "arn:aws:iam::000000000000:role/personalize"
LIST = 25
SAMPLE_S = 0.5
ENDED = {"ACTIVE", "CREATE FAILED"}


@dataclass
class Shop:
    """An understudy with a dataset of interactions, and a bucket."""

    client: "PersonalizeClient"
    process: psutil.Process
    bucket: str
    state: Path
    group: str = ""
    dataset: str = ""
    peak_mib: float = 0.0

    def put(self, key: str, lines: Iterator[str]) -> None:
        """Store a file."""
        body = "\n".join(lines).encode()
        boto3.client("s3").put_object(Bucket=self.bucket, Key=key, Body=body)

    def made(self, noun: str, **params: object) -> str:
        """Create something, and return its ARN when it is active."""
        answer = getattr(self.client, f"create_{noun}")(**params)
        [key] = [each for each in answer if each.endswith("Arn")]
        describe = getattr(self.client, f"describe_{noun}")
        while True:
            self.peak_mib = max(self.peak_mib, family_resident_mib(self.process))
            described: dict[str, Any] = describe(**{key: answer[key]})
            found = next(each for each in described.values() if isinstance(each, dict) and "status" in each)
            if found["status"] in ENDED:
                if found["status"] != "ACTIVE":
                    raise RuntimeError(found["failureReason"])
                return str(answer[key])
            time.sleep(SAMPLE_S)

    def disk_mib(self) -> float:
        """What the state takes on disk."""
        return bytes_below(self.state) / MIB

    def import_rows(self, name: str, key: str) -> None:
        """Import a file in place of what was imported before."""
        self.made(
            "dataset_import_job",
            jobName=name,
            datasetArn=self.dataset,
            dataSource={"dataLocation": f"s3://{self.bucket}/{key}"},
            roleArn=ROLE,
        )

    def infer(self, name: str, version: str, key: str) -> None:
        """Recommend to the users in a file."""
        self.made(
            "batch_inference_job",
            jobName=name,
            solutionVersionArn=version,
            roleArn=ROLE,
            numResults=LIST,
            jobInput={"s3DataSource": {"path": f"s3://{self.bucket}/{key}"}},
            jobOutput={"s3DataDestination": {"path": f"s3://{self.bucket}/out/{name}/"}},
        )

    def delete_solution(self, arn: str) -> None:
        """Delete a solution with its versions, and wait until it is gone."""
        self.client.delete_solution(solutionArn=arn)
        while True:
            try:
                self.client.describe_solution(solutionArn=arn)
            except ClientError:
                return
            time.sleep(SAMPLE_S)
