"""Jobs of Comprehend and Bedrock in a folder: a server that is started again goes on with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from batch_harness import Harness as BatchHarness
from batch_harness import bodies
from bedrocks import ACCOUNT, bedrock_services
from botocore.exceptions import ClientError
from comprehend_harness import PADDING, SENTIMENT, TARGETED, Harness
from comprehends import comprehend_service

from understudy.database import DATABASE, FolderInUseError, StateError
from understudy.state import check_state
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


@pytest.fixture
def s3(emulator_url: str) -> "S3Client":
    """The emulator."""
    return boto3.client("s3", endpoint_url=emulator_url, **ACCOUNT)


@contextmanager
def comprehend(
    emulator_url: str,
    s3: "S3Client",
    folder: Path,
    state_delay_s: float,
    **more: Any,  # noqa: ANN401
) -> Iterator[Harness]:
    """Serve Comprehend with its state in a folder."""
    service = comprehend_service(emulator_url, state_dir=folder, state_delay_s=state_delay_s)
    with UnderstudyServer([service]) as server:
        client = boto3.client("comprehend", endpoint_url=server.url, **ACCOUNT)
        yield Harness(comprehend=client, s3=s3, **more)


@contextmanager
def bedrock(
    emulator_url: str,
    s3: "S3Client",
    folder: Path,
    state_delay_s: float,
    **more: Any,  # noqa: ANN401
) -> Iterator[BatchHarness]:
    """Serve Bedrock with its state in a folder."""
    services = bedrock_services(
        emulator_url, state_dir=folder, state_delay_s=state_delay_s, min_batch_records=1
    )
    with UnderstudyServer(services) as server:
        client = boto3.client("bedrock", endpoint_url=server.url, **ACCOUNT)
        yield BatchHarness(bedrock=client, s3=s3, url=server.url, **more)


@pytest.mark.parametrize("kind", [SENTIMENT, TARGETED])
def test_a_job_of_comprehend_goes_on(emulator_url: str, s3: "S3Client", tmp_path: Path, kind: str) -> None:
    """It was submitted before the end of one server, and completes in the next with the same results."""
    with comprehend(emulator_url, s3, tmp_path, 3_600, kind=kind) as first:
        s3.create_bucket(Bucket=first.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        first.put("in/a.txt", b"great sound\nterrible battery\n" + PADDING)
        job = first.start("in/a.txt", ClientRequestToken="once", Tags=[{"Key": "run", "Value": "1"}])
        described = first.describe(job)
        assert described["JobStatus"] == "SUBMITTED"
    with comprehend(emulator_url, s3, tmp_path, 0, kind=kind, bucket=first.bucket) as second:
        assert second.start("in/a.txt", ClientRequestToken="once") == job
        assert [each["Line"] for each in second.results(job)] == [0, 1, 2]
        ended = second.describe(job)
        assert (ended["SubmitTime"], ended["JobArn"]) == (described["SubmitTime"], described["JobArn"])
        tags = second.comprehend.list_tags_for_resource(ResourceArn=ended["JobArn"])["Tags"]
        assert tags == [{"Key": "run", "Value": "1"}]
    with comprehend(emulator_url, s3, tmp_path, 0, kind=kind, bucket=first.bucket) as third:
        assert third.describe(job) == ended
        assert third.start("in/a.txt") != job


def test_a_job_of_bedrock_goes_on(emulator_url: str, s3: "S3Client", tmp_path: Path) -> None:
    """Every record is answered once, and the counts are those of the whole job."""
    with bedrock(emulator_url, s3, tmp_path, 3_600) as first:
        s3.create_bucket(Bucket=first.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        first.put("in/a.jsonl", bodies(3))
        job = first.start(clientRequestToken="once", tags=[{"key": "run", "value": "1"}])
        assert first.status(job) == "Submitted"
    with bedrock(emulator_url, s3, tmp_path, 0, bucket=first.bucket) as second:
        assert second.start(clientRequestToken="once") == job
        assert {each["recordId"] for each in second.results(job)} == {f"record-{n}" for n in range(3)}
        assert second.manifest(job)["successRecordCount"] == 3
        ended = second.wait(job)
    with bedrock(emulator_url, s3, tmp_path, 0, bucket=first.bucket) as third:
        again = third.wait(job)
        assert {**again, "ResponseMetadata": None} == {**ended, "ResponseMetadata": None}
        assert third.bedrock.list_tags_for_resource(resourceARN=job)["tags"] == [{"key": "run", "value": "1"}]


def test_without_a_folder_jobs_are_gone(emulator_url: str) -> None:
    """As before: another server does not know them."""
    services = bedrock_services(emulator_url, state_delay_s=0)
    with UnderstudyServer(services) as server:
        client = boto3.client("bedrock", endpoint_url=server.url, **ACCOUNT)
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            client.get_model_invocation_job(jobIdentifier="abcdefghijkl")


@pytest.mark.parametrize("name", ["comprehend", "bedrock", "personalize"])
def test_state_that_cannot_be_used_is_found_before_the_start(tmp_path: Path, name: str) -> None:
    """In the folder of whichever service; where there is none, nothing is written."""
    check_state(tmp_path, lock_timeout_s=0)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / name).mkdir()
    (tmp_path / name / DATABASE).write_bytes(b"no database at all, but long enough to be taken for one" * 9)
    with pytest.raises(StateError, match="cannot be read"):
        check_state(tmp_path, lock_timeout_s=0)


def test_two_servers_cannot_share_a_folder(emulator_url: str, s3: "S3Client", tmp_path: Path) -> None:
    """The second is told so before it starts."""
    with (
        comprehend(emulator_url, s3, tmp_path, 0),
        pytest.raises(FolderInUseError, match="in use by another process"),
    ):
        check_state(tmp_path, lock_timeout_s=0)
