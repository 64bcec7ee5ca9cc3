"""Segments of users: batch jobs by item and by attribute, their filters, and what is refused."""

from collections.abc import AsyncIterator

import pytest

from tools.understudy.tests.personalize_shop import (
    RECIPES,
    arn_of,
    batch,
    deleted,
    filter_of,
    opened,
)
from tools.understudy.tests.personalize_world import ROLE, objects
from tools.understudy.tests.unit.test_personalize_service import Api, FakeS3
from understudy.wire.service import Params


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a small shop, whose users have ages."""
    made = FakeS3(objects())
    made.objects["users.csv"] = "\n".join(["USER_ID,AGE", *(f"u{n},{20 + n}" for n in range(60))]).encode()
    return made


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3) as made:
        yield made


async def trained(api: Api, recipe: str) -> str:
    """Return a version."""
    group = await arn_of(api, "DatasetGroup")
    solution = await api.made("Solution", name=recipe, datasetGroupArn=group, recipeArn=RECIPES + recipe)
    return await api.made("SolutionVersion", solutionArn=solution)


async def segments(api: Api, s3: FakeS3, version: str, lines: list[Params], **more: object) -> list[Params]:
    """Return the answers of a segment job."""
    return await batch(api, s3, lines, "BatchSegmentJob", solutionVersionArn=version, **more)


def tastes(answer: Params) -> set[int]:
    """Return the tastes of the users in a segment."""
    return {int(user[1:]) % 3 for user in answer["output"]["recommendedUsers"]}


async def test_an_item_gets_the_users_of_its_taste(api: Api, s3: FakeS3) -> None:
    """In the form of AWS's examples; an unknown item gets active users, and a bad line an error."""
    version = await trained(api, "item-affinity")
    lines: list[Params] = [{"itemId": "i4"}, {"itemId": "i5"}, {"itemId": "unheard of"}, {"userId": "u1"}]
    first, second, unknown, bad = await segments(api, s3, version, lines, numResults=15)
    assert first["input"] == {"itemId": "i4"}
    assert (tastes(first), tastes(second)) == ({1}, {2})
    assert [len(each["output"]["recommendedUsers"]) for each in (first, second, unknown)] == [15] * 3
    assert (bad["output"], bad["error"]) == (None, "The line has no itemId.")
    metrics = (await api.call("GetSolutionMetrics", solutionVersionArn=version))["metrics"]
    assert metrics["recall_at_10_percent"] > 0.2  # by chance, a tenth
    assert {"hits_at_1_percent", "coverage"} <= metrics.keys()


async def test_attributes_get_the_users_of_items_that_have_them(api: Api, s3: FakeS3) -> None:
    """All of those in a line; unknown attributes and what cannot be compared fail their line only."""
    version = await trained(api, "item-attribute-affinity")
    good = ['ITEMS.CATEGORY = "kind1"', 'Items.CATEGORY = "kind2" AND ITEMS.NAME = "thing 5"']
    bad = [
        'ITEMS.COLOUR = "red"',
        'ITEMS.CATEGORY > "a"',
        'ITEMS.CATEGORY IN ("kind1")',
        'ITEMS.TEXT = "oak"',
        "ITEMS.CATEGORY = $KIND",
        'USERS.AGE = "1"',
        'ITEMS.CATEGORY = "kind1" OR ITEMS.CATEGORY = "kind2"',
        "",
    ]
    lines: list[Params] = [{"itemAttributes": each} for each in [*good, *bad]]
    answers = await segments(api, s3, version, lines, numResults=20)
    assert [answer.get("itemAttributes") for answer in answers] == [*good, *bad]
    assert [tastes(answer) for answer in answers[:2]] == [{1}, {2}]
    assert all(answer["output"] is None and answer["error"] for answer in answers[2:])


async def test_segments_are_filtered_by_users(api: Api, s3: FakeS3) -> None:
    """By their descriptions, with the values of each line, and by what they have done."""
    version = await trained(api, "item-affinity")
    old = await filter_of(api, "INCLUDE UserID WHERE Users.AGE >= $AGE", "old")
    lines: list[Params] = [{"itemId": "i4", "filterValues": {"AGE": age}} for age in ("70", "200")]
    answers = await segments(api, s3, version, [*lines, {"itemId": "i4"}], filterArn=old)
    assert {int(user[1:]) for user in answers[0]["output"]["recommendedUsers"]} == set(range(50, 60))
    assert answers[1]["output"]["recommendedUsers"] == []
    assert "AGE" in answers[2]["error"]
    idle = await filter_of(api, 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("CLICK")', "idle")
    [nobody] = await segments(api, s3, version, [{"itemId": "i4"}], filterArn=idle, jobName="idle")
    assert nobody["output"]["recommendedUsers"] == []
    others = await filter_of(api, 'EXCLUDE UserID WHERE Interactions.EVENT_TYPE NOT IN ("click")', "others")
    [everybody] = await segments(
        api, s3, version, [{"itemId": "i4"}], filterArn=others, numResults=100, jobName="others"
    )
    assert len(everybody["output"]["recommendedUsers"]) == 60
    every = await filter_of(api, 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("*")', "every")
    [all_of_them] = await segments(
        api, s3, version, [{"itemId": "i4"}], filterArn=every, numResults=100, jobName="every"
    )
    assert all_of_them == everybody


async def test_deleted_users_are_in_no_segment(api: Api, s3: FakeS3) -> None:
    """Others are as before."""
    version = await trained(api, "item-affinity")
    [before] = await segments(api, s3, version, [{"itemId": "i4"}], numResults=100)
    await deleted(api, s3, "u1", "u4")
    [after] = await segments(api, s3, version, [{"itemId": "i4"}], numResults=100, jobName="later")
    left = [user for user in before["output"]["recommendedUsers"] if user not in {"u1", "u4"}]
    assert after["output"]["recommendedUsers"] == left


async def test_a_job_is_described_and_listed(api: Api, s3: FakeS3) -> None:
    """With what it was asked, and by its version; a number of users that was not given is 25."""
    version = await trained(api, "item-affinity")
    await segments(api, s3, version, [{"itemId": "i4"}])
    arn = await arn_of(api, "BatchSegmentJob")
    shown = (await api.call("DescribeBatchSegmentJob", batchSegmentJobArn=arn))["batchSegmentJob"]
    assert arn.endswith(":batch-segment-job/night")
    assert (shown["status"], shown["numResults"], shown["solutionVersionArn"]) == ("ACTIVE", 25, version)
    assert len((await api.call("ListBatchSegmentJobs", solutionVersionArn=version))["batchSegmentJobs"]) == 1


async def test_what_does_not_fit_is_refused(api: Api) -> None:
    """Segments have no campaign and no recommendations, and other versions no segments."""
    version, personal = await trained(api, "item-affinity"), await trained(api, "popularity-count")
    job = {
        "jobName": "n",
        "roleArn": ROLE,
        "jobInput": {"s3DataSource": {"path": "s3://data/in.json"}},
        "jobOutput": {"s3DataDestination": {"path": "s3://data/out/"}},
    }
    by_items = await filter_of(api, 'EXCLUDE ItemID WHERE Items.CATEGORY IN ("a")', "items")
    refused = [
        await api.code("CreateCampaign", name="c", solutionVersionArn=version),
        await api.code("CreateBatchInferenceJob", **job, solutionVersionArn=version),
        await api.code("CreateBatchSegmentJob", **job, solutionVersionArn=personal),
        await api.code("CreateBatchSegmentJob", **job, solutionVersionArn=version, numResults=5_000_001),
        await api.code("CreateBatchSegmentJob", **job, solutionVersionArn=version, filterArn=by_items),
        await api.code(
            "CreateBatchSegmentJob",
            **{**job, "jobOutput": {"s3DataDestination": {"path": "s3://data/in.json"}}},
            solutionVersionArn=version,
        ),
    ]
    assert set(refused) == {"InvalidInputException"}


async def test_attributes_cannot_be_filtered_by_interactions(api: Api) -> None:
    """As on AWS: that is for segments by item."""
    version = await trained(api, "item-attribute-affinity")
    done = await filter_of(api, 'INCLUDE UserID WHERE Interactions.EVENT_TYPE IN ("click")')
    code = await api.code(
        "CreateBatchSegmentJob",
        jobName="n",
        roleArn=ROLE,
        solutionVersionArn=version,
        filterArn=done,
        jobInput={"s3DataSource": {"path": "s3://data/in.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
    )
    assert code == "InvalidInputException"


async def test_items_without_attributes_cannot_be_trained_on(s3: FakeS3) -> None:
    """If all have the same, or each has its own, nothing can be learned: the reason is AWS's."""
    rows = [f"i{n},same,,number {n}," for n in range(30)]
    s3.objects["items.csv"] = "\n".join(["ITEM_ID,CATEGORY,NAME,TEXT,IN_STOCK", *rows]).encode()
    async with opened(s3) as api:
        group = await arn_of(api, "DatasetGroup")
        solution = await api.made(
            "Solution", name="s", datasetGroupArn=group, recipeArn=RECIPES + "item-attribute-affinity"
        )
        made = await api.call("CreateSolutionVersion", solutionArn=solution)
        version = await api.settled("SolutionVersion", made["solutionVersionArn"])
        assert version["failureReason"].startswith("Did not find any attribute to train on.")
