"""What is the same for every kind of resource: pages, tags, ARNs, recipes, Describe and List."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from personalize_shop import arn_of, filter_of, opened
from personalize_world import ITEM_ID, RECIPE, SCHEMAS, avro, objects
from unit.test_personalize_service import Api, FakeS3

from understudy.personalize.kinds import CAMPAIGN, EVENT_TRACKER, NOUNS, Arns
from understudy.personalize.readout import page
from understudy.wire.service import Params, ServiceError

_DESCRIBED = "Dataset", "DatasetGroup", "Schema", "DatasetImportJob"


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """A small shop."""
    async with opened(FakeS3(objects())) as made:
        yield made


@given(entries=st.lists(st.integers(), max_size=30), size=st.integers(1, 100))
def test_all_pages_together_are_the_list(entries: list[int], size: int) -> None:
    """Each as long as was wanted, but the last; after it there is no token."""
    found: list[int] = []
    token: str | None = None
    for _ in range(len(entries) // size + 1):
        params = {"maxResults": size} if token is None else {"maxResults": size, "nextToken": token}
        shown, token = page(entries, params, of="Filter")
        found += shown
        assert len(shown) == size or token is None
        if token is None:
            break
    assert token is None
    assert found == entries


@pytest.mark.parametrize("token", ["x", "ZnJvbTo=", "Zm9vOjE=", "ZnJvbTp4", "é"])
def test_a_token_that_no_page_gave_is_refused(token: str) -> None:
    """Whatever it is."""
    with pytest.raises(ServiceError, match="InvalidNextTokenException"):
        page([1, 2], {"nextToken": token, "maxResults": 1}, of="Filter")


@pytest.mark.parametrize(
    ("params", "of"), [({}, "Schema"), ({"datasetGroupArn": "b"}, "Filter"), ({}, "Filter")]
)
def test_a_token_is_for_the_list_that_gave_it(params: Params, of: str) -> None:
    """Not for another kind, nor for the same of another group; the length of pages may change."""
    asked = {"datasetGroupArn": "a"}
    _, token = page([1, 2, 3], {**asked, "maxResults": 1}, of="Filter")
    assert page([1, 2, 3], {**asked, "nextToken": token, "maxResults": 2}, of="Filter") == ([2, 3], None)
    with pytest.raises(ServiceError, match="InvalidNextTokenException"):
        page([1, 2, 3], {**params, "nextToken": token}, of=of)


@pytest.mark.parametrize("key", ["aws:shop", "AWS:shop"])
async def test_keys_that_aws_keeps_for_itself_are_refused(api: Api, key: str) -> None:
    """Where something is made."""
    tags = [{"tagKey": key, "tagValue": "a"}]
    assert await api.code("CreateDatasetGroup", name="other", tags=tags) == "InvalidInputException"


async def test_tags_of_a_creation_are_there_and_not_described(api: Api) -> None:
    """AWS has an operation of their own for them."""
    tags = [{"tagKey": "k", "tagValue": "v"}]
    group = await api.made("DatasetGroup", name="tagged", tags=tags)
    assert (await api.call("ListTagsForResource", resourceArn=group))["tags"] == tags
    described = (await api.call("DescribeDatasetGroup", datasetGroupArn=group))["datasetGroup"]
    assert "tags" not in described


@pytest.mark.parametrize("noun", _DESCRIBED)
async def test_what_is_listed_is_in_the_description_too(api: Api, noun: str) -> None:
    """A summary has a part of it, with the same values."""
    key = noun[0].lower() + noun[1:]
    [entries] = (await api.call(f"List{noun}s")).values()
    assert entries
    for entry in entries:
        described = (await api.call(f"Describe{noun}", **{f"{key}Arn": entry[f"{key}Arn"]}))[key]
        assert entry.items() <= described.items()


async def test_jobs_do_not_show_a_role_that_the_model_cannot_hold(api: Api) -> None:
    """The service model gives it the pattern of a resource there, which would make the answer invalid."""
    arn = await arn_of(api, "DatasetImportJob", "/items")
    job = (await api.call("DescribeDatasetImportJob", datasetImportJobArn=arn))["datasetImportJob"]
    assert (job["importMode"], "roleArn" in job) == ("FULL", False)


async def test_lists_are_by_what_depends_on_what(api: Api) -> None:
    """Imports by dataset, versions by solution, and without a parent all of them."""
    items = await arn_of(api, "Dataset", "ITEMS")
    [jobs] = (await api.call("ListDatasetImportJobs", datasetArn=items)).values()
    assert [each["jobName"] for each in jobs] == ["items"]
    assert len((await api.call("ListDatasetImportJobs"))["datasetImportJobs"]) == 3
    group = await arn_of(api, "DatasetGroup")
    solution = await api.made("Solution", name="p", datasetGroupArn=group, recipeArn=RECIPE)
    assert (await api.call("ListSolutionVersions", solutionArn=solution))["solutionVersions"] == []
    versions = [await api.made("SolutionVersion", solutionArn=solution) for _ in range(2)]
    shown = (await api.call("ListSolutionVersions", solutionArn=solution))["solutionVersions"]
    assert [each["solutionVersionArn"] for each in shown] == versions
    latest = (await api.call("DescribeSolution", solutionArn=solution))["solution"]["latestSolutionVersion"]
    assert latest["solutionVersionArn"] == versions[1]


async def test_a_version_may_have_a_name(api: Api) -> None:
    """It is the end of its ARN then, and there is one of each name."""
    group = await arn_of(api, "DatasetGroup")
    solution = await api.made("Solution", name="p", datasetGroupArn=group, recipeArn=RECIPE)
    assert await api.made("SolutionVersion", solutionArn=solution, name="first") == f"{solution}/first"
    again = await api.code("CreateSolutionVersion", solutionArn=solution, name="first")
    assert again == "ResourceAlreadyExistsException"


def test_arns_are_built_as_on_aws() -> None:
    """By name, by the type of a dataset, or with a random number."""
    arns = Arns("eu-west-1", "123456789012")
    stem = "arn:aws:personalize:eu-west-1:123456789012:"
    assert arns.named("schema", "s") == f"{stem}schema/s"
    assert arns.dataset("shop", "Interactions") == f"{stem}dataset/shop/INTERACTIONS"
    trackers = {arns.event_tracker() for _ in range(20)}
    assert len(trackers) == 20
    assert all(len(each.rpartition("/")[2]) == 8 for each in trackers)
    assert arns.solution_version("arn:s").startswith("arn:s/")


async def test_a_quota_is_of_a_group_or_of_the_account(api: Api) -> None:
    """Another group has its own; what is finished does not count where only running things do."""
    group, other = await arn_of(api, "DatasetGroup"), await api.made("DatasetGroup", name="other")
    for number in range(10):
        await api.made(
            "Filter",
            name=f"f{number}",
            datasetGroupArn=group,
            filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("a")',
        )
    asked = {"name": "more", "filterExpression": 'EXCLUDE ItemID WHERE Items.CATEGORY IN ("a")'}
    assert await api.code("CreateFilter", **asked, datasetGroupArn=group) == "LimitExceededException"
    assert await api.code("CreateFilter", **asked, datasetGroupArn=other) == "InvalidInputException"
    assert len((await api.call("ListDatasetImportJobs"))["datasetImportJobs"]) == 3


async def test_the_filters_of_a_group_read_ten_fields() -> None:
    """The eleventh is one too many, however filters share them out."""
    names = [f"F{number}" for number in range(11)]
    wide = avro("Items", ITEM_ID, *({"name": name, "type": "int"} for name in names))
    row = ",".join(["i1", *("1" for _ in names)])
    items = "\n".join([",".join(["ITEM_ID", *names]), row]).encode()
    s3 = FakeS3({**objects(), "items.csv": items})
    async with opened(s3, schemas={**SCHEMAS, "Items": wide}) as api:
        group = await arn_of(api, "DatasetGroup")
        for some in (names[:5], names[5:10]):
            tests = " AND ".join(f"Items.{name} = 1" for name in some)
            await filter_of(api, f"INCLUDE ItemID WHERE {tests}", some[0])
        asked = {"name": "more", "datasetGroupArn": group}
        eleventh = "INCLUDE ItemID WHERE Items.F10 = 1"
        assert await api.code("CreateFilter", **asked, filterExpression=eleventh) == "LimitExceededException"
        await filter_of(api, "INCLUDE ItemID WHERE Items.F3 = 1", "again")


def test_every_kind_has_a_quota_that_can_be_set() -> None:
    """By its noun, as it is in the names of operations."""
    assert {"BatchInferenceJob", "Campaign", "DatasetImportJob", "Filter"} <= NOUNS
    assert len(NOUNS) == 12


def test_a_quota_is_said_in_words() -> None:
    """As AWS says it of campaigns."""
    assert EVENT_TRACKER.phrase == "an event tracker"
    assert CAMPAIGN.phrase == "a campaign"
