"""What a job of Comprehend reads: files of a bucket that is a dictionary."""

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Self, cast

import pytest
from botocore.exceptions import ClientError

from understudy.comprehend.errors import JobFailedError
from understudy.comprehend.jobs.source import Source
from understudy.comprehend.limits import SENTIMENT_JOB, TARGETED_JOB, JobLimits
from understudy.s3 import Location

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

LIMITS = JobLimits(max_document_bytes=10, max_total_bytes=100, max_documents=5, min_total_bytes=4)


class FakeBody:
    """The body of an object, in pieces of three bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aenter__(self) -> Self:
        """Return it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Do nothing."""

    async def iter_chunks(self, _size: int) -> AsyncIterator[bytes]:
        """Yield the pieces."""
        for start in range(0, len(self._content), 3):
            yield self._content[start : start + 3]

    async def read(self) -> bytes:
        """Return all of it."""
        return self._content


class FakeBucket:
    """The calls of S3 that a job makes, on one bucket; listed two keys at a time."""

    def __init__(self, files: Mapping[str, bytes], *, denied: str | None = None) -> None:
        self._files, self._denied = files, denied
        self.ranges: list[str] = []

    def get_paginator(self, _name: str) -> "FakeBucket":
        """Return what lists."""
        return self

    async def paginate(self, *, Bucket: str, Prefix: str) -> AsyncIterator[dict[str, Any]]:  # noqa: N803 - AWS's names
        """Yield pages of keys."""
        if Bucket != "data":
            raise ClientError({"Error": {"Code": "NoSuchBucket"}}, "ListObjectsV2")
        keys = sorted(key for key in self._files if key.startswith(Prefix))
        for start in range(0, max(len(keys), 1), 2):
            page = keys[start : start + 2]
            yield {"Contents": [{"Key": key, "Size": len(self._files[key])} for key in page]} if page else {}

    async def get_object(self, *, Bucket: str, Key: str, Range: str = "") -> dict[str, Any]:  # noqa: ARG002, N803
        """Return an object, or as much of it as is asked for."""
        if Key == self._denied:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetObject")
        self.ranges.append(Range)
        last = int(Range.rpartition("-")[2]) + 1 if Range else None
        return {"Body": FakeBody(self._files[Key][:last])}


def source(
    files: Mapping[str, bytes], key: str = "in/", *, bucket: str = "data", denied: str | None = None
) -> Source:
    """Return the source of a job."""
    client = cast("S3Client", FakeBucket(files, denied=denied))
    return Source(client, Location(bucket, key), LIMITS)


async def documents(
    files: Mapping[str, bytes],
    *,
    per_line: bool = True,
    **changes: Any,  # noqa: ANN401 - any option
) -> list[tuple[Any, ...]]:
    """Return the documents of a source: file, line, and text or error."""
    found = source(files, **changes).documents(per_line=per_line)
    return [(each.file, each.line, each.error.code if each.error else each.text) async for each in found]


async def failure(work: Any) -> str:  # noqa: ANN401 - anything to wait for
    """Return the code for which a job fails."""
    with pytest.raises(JobFailedError) as raised:
        await work
    return str(raised.value).partition(":")[0]


async def test_every_line_of_every_file_is_a_document() -> None:
    """In the order of the keys; a blank one counts and is left out."""
    files = {"in/b": b"three\n", "in/a": b"one\n\ntwo", "out/c": b"not read"}
    assert await documents(files) == [("a", 0, "one"), ("a", 2, "two"), ("b", 0, "three")]


async def test_every_file_may_be_a_document() -> None:
    """Whatever lines it has."""
    files = {f"in/{number:02}": f"text\n{number}".encode() for number in range(4)}
    found = await documents(files, per_line=False)
    assert found == [(f"{number:02}", None, f"text\n{number}") for number in range(4)]


async def test_a_folder_is_no_file() -> None:
    """Consoles make objects that end in a slash."""
    assert await documents({"in/": b"", "in/a": b"text"}) == [("a", 0, "text")]


async def test_a_prefix_is_a_beginning_of_keys() -> None:
    """As on AWS: `in/a` is also the beginning of `in/ab`."""
    files = {"in/a": b"one", "in/ab": b"two", "in/b": b"three"}
    assert [name for name, _, _ in await documents(files, key="in/a")] == ["a", "ab"]


@pytest.mark.parametrize("per_line", [True, False])
async def test_a_document_that_is_too_long_is_an_error(per_line: bool) -> None:  # noqa: FBT001 - a column
    """Of its own; the others are read."""
    files = {"in/a": b"x" * 11, "in/b": b"x" * 10}
    found = await documents(files, per_line=per_line)
    assert [text for _, _, text in found] == ["DOCUMENT_SIZE_EXCEEDED", "x" * 10]


async def test_a_long_file_is_read_only_as_far_as_is_needed() -> None:
    """To tell that it is too long."""
    bucket = FakeBucket({"in/a": b"x" * 1_000})
    long = Source(cast("S3Client", bucket), Location("data", "in/"), LIMITS)
    assert [each.error is not None async for each in long.documents(per_line=False)] == [True]
    assert bucket.ranges == ["bytes=0-10"]


async def test_nothing_is_read_of_a_file_after_what_is_not_utf_8() -> None:
    """But the next file is."""
    files = {"in/a": b"good\n\xff\nmore", "in/b": b"text"}
    assert await documents(files) == [("a", 0, "good"), ("a", 1, "UNSUPPORTED_ENCODING"), ("b", 0, "text")]


async def test_a_job_has_a_limit_of_documents() -> None:
    """Blank ones count."""
    assert len(await documents({"in/a": b"1\n2\n\n4\n5"})) == 4
    assert await failure(documents({"in/a": b"1\n2\n\n4\n5\n6"})) == "TOO_MANY_DOCUMENTS"


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, "NO_READ_ACCESS_TO_INPUT"),
        ({"in/": b""}, "NO_READ_ACCESS_TO_INPUT"),
        ({"in/a": b"abc"}, "INPUT_TOO_SMALL"),
        ({"in/a": b"x" * 60, "in/b": b"x" * 41}, "INPUT_TOO_LARGE"),
    ],
)
async def test_files_are_looked_at_before_they_are_read(files: Mapping[str, bytes], code: str) -> None:
    """All together have a least and a greatest size."""
    assert await failure(source(files).check()) == code


async def test_files_of_any_size_between_are_right() -> None:
    """The bounds are in."""
    await source({"in/a": b"abcd"}).check()
    await source({"in/a": b"x" * 60, "in/b": b"x" * 40}).check()


async def test_what_cannot_be_read_fails_the_job() -> None:
    """Whether the bucket or one of its objects."""
    assert await failure(source({}, bucket="other").check()) == "NO_READ_ACCESS_TO_INPUT"
    files = {"in/a": b"text", "in/b": b"text"}
    for per_line in (True, False):
        failed = documents(files, per_line=per_line, denied="in/b")
        assert await failure(failed) == "NO_READ_ACCESS_TO_INPUT"


def test_limits_are_comprehends() -> None:
    """Of its guide: 5 KB and 1 million documents, or 10 KB and 30,000."""
    assert (SENTIMENT_JOB.max_document_bytes, SENTIMENT_JOB.max_documents) == (5_120, 1_000_000)
    assert (TARGETED_JOB.max_document_bytes, TARGETED_JOB.max_documents) == (10_240, 30_000)
    assert SENTIMENT_JOB.min_total_bytes == TARGETED_JOB.min_total_bytes == 500
