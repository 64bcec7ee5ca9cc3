"""Batch jobs on files: what is read and written where, and which lines cannot be answered."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from personalize_shop import arn_of, campaign, filter_of, opened
from personalize_world import ROLE, objects
from unit.test_personalize_service import Api, FakeS3

from understudy.personalize.batch import LineError, as_object, filter_values, line_id, parsed
from understudy.personalize.batch_operations import answer_files, check_places
from understudy.personalize.errors import JobFailedError
from understudy.wire.service import Params, ServiceError
from understudy.workers import Workers

HERE, THERE = "s3://data/in/", "s3://data/out/"


class Paginator:
    """Lists the keys of a bucket, one to a page."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = keys

    async def paginate(self, *, Bucket: str, Prefix: str) -> AsyncIterator[Params]:  # noqa: N803 - AWS's names
        """Yield the pages."""
        assert Bucket == "data"
        for key in sorted(self._keys):
            if key.startswith(Prefix):
                yield {"Contents": [{"Key": key}]}
        yield {}


class ListedS3(FakeS3):
    """A bucket whose keys can be listed."""

    def get_paginator(self, _operation: str) -> Paginator:
        """Return what lists them."""
        return Paginator(list(self.objects))


def job(source: str = HERE, target: str = THERE) -> Params:
    """Return the places of a job."""
    return {
        "jobInput": {"s3DataSource": {"path": source}},
        "jobOutput": {"s3DataDestination": {"path": target}},
    }


async def answered(s3: FakeS3, params: Params) -> None:
    """Answer each file of a job with its length."""

    @asynccontextmanager
    async def client() -> AsyncIterator[Any]:
        yield s3

    await answer_files(
        cast("Any", client), Workers("test"), params, lambda lines: str(sum(map(len, lines))).encode()
    )


async def test_each_file_of_a_folder_has_an_output_of_its_own() -> None:
    """Under its own name; what marks a folder is no file."""
    s3 = ListedS3({"in/": b"", "in/a.json": b"12\n345", "in/deep/b.json": b"1", "other/c.json": b"1"})
    await answered(s3, job())
    written = {key: body for key, body in s3.objects.items() if key.startswith("out/")}
    assert written == {"out/_CHECK": b"", "out/a.json.out": b"6", "out/b.json.out": b"1"}


async def test_a_single_file_is_named_by_its_key() -> None:
    """And an output need not end in a slash."""
    s3 = FakeS3({"in/a.json": b"1"})
    await answered(s3, job("s3://data/in/a.json", "s3://data/out"))
    assert s3.objects["out/a.json.out"] == b"1"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        (job("s3://data/none/"), "1 to 1000 files"),
        (job("s3://data/none.json"), "Insufficient privileges"),
        (job("s3://data/in/a.json", "s3://elsewhere/out/"), "Insufficient privileges"),
    ],
)
async def test_a_job_that_cannot_read_or_write_fails(params: Params, reason: str) -> None:
    """With AWS's reason, and has written no answers."""
    s3 = ListedS3({"in/a.json": b"1"})
    with pytest.raises(JobFailedError, match=reason):
        await answered(s3, params)
    assert not any(key.endswith(".out") for key in s3.objects)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (job("http://data/in/"), "Invalid S3 input path"),
        (job("s3://data"), "Invalid S3 input path"),
        (job(target="data/out/"), "Invalid S3 output path"),
        (job(target=HERE), "Invalid S3 output path"),
    ],
)
def test_places_are_two_on_s3(params: Params, text: str) -> None:
    """Reading and writing in the same one is refused."""
    check_places(job())
    with pytest.raises(ServiceError, match=text):
        check_places(params)


@pytest.mark.parametrize("line", [b"{", b"\xff\xfe", b"", b"{'a': 1}"])
def test_a_line_that_is_no_json_says_so(line: bytes) -> None:
    """Whatever it is instead."""
    with pytest.raises(LineError, match="not valid JSON"):
        parsed(line)


@pytest.mark.parametrize("content", [[], "text", 1, None, True])
def test_a_line_is_an_object(content: object) -> None:
    """Nothing else has members."""
    with pytest.raises(LineError, match="not a JSON object"):
        as_object(content)


@pytest.mark.parametrize("record", [{}, {"userId": ""}, {"userId": 7}, {"userId": None}, {"userid": "u"}])
def test_an_id_is_a_text_that_is_not_empty(record: Params) -> None:
    """The missing one is named."""
    assert line_id({"userId": "u"}, "userId") == "u"
    with pytest.raises(LineError, match="no userId"):
        line_id(record, "userId")


@pytest.mark.parametrize("values", [[], "x", {"A": 1}, {"A": ["x"]}])
def test_values_of_a_filter_are_texts(values: object) -> None:
    """By the names of parameters; a line need not have any."""
    assert filter_values({}) == {}
    assert filter_values({"filterValues": {"A": '"x"'}}) == {"A": '"x"'}
    with pytest.raises(ValueError, match="object of strings"):
        filter_values({"filterValues": values})


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a small shop."""
    return FakeS3(objects())


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3) as made:
        yield made


async def test_a_job_holds_its_filter_and_its_version(api: Api, s3: FakeS3) -> None:
    """While it runs; afterwards, both can be deleted."""
    live = await campaign(api)
    only = await filter_of(api, 'INCLUDE ItemID WHERE Items.CATEGORY IN ("kind1")')
    version = await arn_of(api, "SolutionVersion")
    s3.objects["in.json"] = b'{"userId": "u1"}'
    asked = {
        "jobName": "night",
        "roleArn": ROLE,
        "solutionVersionArn": version,
        "filterArn": only,
        **job("s3://data/in.json"),
    }
    arn = (await api.call("CreateBatchInferenceJob", **asked))["batchInferenceJobArn"]
    assert await api.code("DeleteFilter", filterArn=only) == "ResourceInUseException"
    assert (await api.finished("BatchInferenceJob", arn))["status"] == "ACTIVE"
    [line] = map(json.loads, s3.objects["out/in.json.out"].splitlines())
    assert len(line["output"]["recommendedItems"]) == 10
    await api.call("DeleteFilter", filterArn=only)
    await api.call("DeleteCampaign", campaignArn=live)
