"""What a job reads from S3, with limits small enough to test."""

import uuid
from collections.abc import AsyncIterator

import pytest
from aiobotocore.session import get_session

from understudy.comprehend.errors import JobFailedError
from understudy.comprehend.jobs.source import Source
from understudy.comprehend.limits import SENTIMENT_JOB, TARGETED_JOB, JobLimits
from understudy.s3 import Location

LIMITS = JobLimits(max_document_bytes=10, max_total_bytes=100, max_documents=50, min_total_bytes=1)


@pytest.fixture
async def source(emulator_url: str) -> AsyncIterator[Source]:
    """The folder `in/` of a new bucket."""
    async with get_session().create_client("s3", endpoint_url=emulator_url) as client:
        bucket = f"data-{uuid.uuid4().hex}"
        await client.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield Source(client, Location(bucket, "in/"), LIMITS)


async def put(source: Source, key: str, body: bytes) -> None:
    """Store a file of the source."""
    await source.client.put_object(Bucket=source.location.bucket, Key=f"in/{key}", Body=body)


async def texts(source: Source, *, per_line: bool) -> list[str]:
    """Return the texts of all documents."""
    return [document.text async for document in source.documents(per_line=per_line)]


async def test_all_files_together_have_a_size_limit(source: Source) -> None:
    """It is told by their sizes in S3."""
    await put(source, "a", b"x" * 50)
    await put(source, "b", b"x" * 50)
    await source.check()
    await put(source, "c", b"x")
    with pytest.raises(JobFailedError, match="INPUT_TOO_LARGE"):
        await source.check()


@pytest.mark.parametrize("per_line", [True, False])
async def test_files_and_lines_have_a_limit_together(source: Source, *, per_line: bool) -> None:
    """One more fails the job."""
    for n in range(50):
        await put(source, f"{n:02}", b"x")
    assert await texts(source, per_line=per_line) == ["x"] * 50
    await put(source, "more", b"x")
    with pytest.raises(JobFailedError, match="TOO_MANY_DOCUMENTS"):
        await texts(source, per_line=per_line)


async def test_lines_are_whole_although_they_are_read_in_pieces(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces end in the middle of characters and of line ends."""
    monkeypatch.setattr("understudy.comprehend.jobs.source._CHUNK_BYTES", 3)
    await put(source, "a", "₹1\r\n\r₹₹\n2\r\n".encode())
    found = [(document.line, document.text) async for document in source.documents(per_line=True)]
    assert found == [(0, "₹1"), (2, "₹₹"), (3, "2")]


async def test_a_file_that_vanishes_fails_the_job(source: Source) -> None:
    """It was listed, and then deleted."""
    await put(source, "a", b"x")
    await put(source, "b", b"x")
    documents = source.documents(per_line=True)
    assert (await anext(documents)).file == "a"
    await source.client.delete_object(Bucket=source.location.bucket, Key="in/b")
    with pytest.raises(JobFailedError, match="NO_READ_ACCESS_TO_INPUT"):
        await anext(documents)


def test_limits_are_those_of_the_developer_guide() -> None:
    """A sentiment job reads more and smaller documents than a targeted one."""
    assert (SENTIMENT_JOB.max_document_bytes, TARGETED_JOB.max_document_bytes) == (5_120, 10_240)
    assert (SENTIMENT_JOB.max_documents, TARGETED_JOB.max_documents) == (1_000_000, 30_000)
    assert (SENTIMENT_JOB.max_total_bytes, TARGETED_JOB.max_total_bytes) == (5 * 2**30, 300 * 2**20)
    assert SENTIMENT_JOB.min_total_bytes == TARGETED_JOB.min_total_bytes == 500
