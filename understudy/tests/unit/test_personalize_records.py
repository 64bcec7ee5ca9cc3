"""Records that come one at a time, and jobs that read, write or remove records."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from personalize_shop import (
    AT,
    arn_of,
    campaign,
    deleted,
    event,
    exported,
    items_of,
    opened,
    tracker,
)
from personalize_world import objects
from unit.test_personalize_service import ROLE, Api, FakeS3

from understudy.personalize import PersonalizeOptions


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a small shop."""
    return FakeS3(objects())


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3) as made:
        yield made


async def test_events_change_recommendations_at_once(api: Api) -> None:
    """What somebody new has just clicked recommends its kind, without another training."""
    live, tracking_id = await campaign(api), await tracker(api)
    before = await api.call("GetRecommendations", campaignArn=live, userId="new", numResults=5)
    await api.call(
        "PutEvents",
        trackingId=tracking_id,
        sessionId="s",
        userId="new",
        eventList=[event("i1"), event("i4"), event("unheard of")],
    )
    after = await api.call("GetRecommendations", campaignArn=live, userId="new", numResults=5)
    assert after["itemList"] != before["itemList"]
    assert all(int(each["itemId"][1:]) % 3 == 1 for each in after["itemList"])


async def test_filters_know_events_at_once(api: Api) -> None:
    """What somebody has just clicked is excluded from the next recommendations, for nobody else."""
    live, tracking_id = await campaign(api), await tracker(api)
    unseen = await api.made(
        "Filter",
        name="unseen",
        datasetGroupArn=await arn_of(api, "DatasetGroup"),
        filterExpression='EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")',
    )
    asked = {"campaignArn": live, "filterArn": unseen, "numResults": 30}
    before = await api.call("GetRecommendations", **asked, userId="new")
    await api.call("PutEvents", trackingId=tracking_id, sessionId="s", userId="new", eventList=[event("i1")])
    after = await api.call("GetRecommendations", **asked, userId="new")
    assert len(before["itemList"]) == 30
    assert set(items_of(after)) == {*items_of(before)} - {"i1"}
    other = await api.call("GetRecommendations", **asked, userId="other")
    assert other["itemList"] == before["itemList"]


async def test_events_are_trained_on(api: Api, s3: FakeS3) -> None:
    """They stay in spite of a full import, each with an id once; those of the session `null` are dropped."""
    tracking_id = await tracker(api)
    sent = {"trackingId": tracking_id, "userId": "new"}
    for _ in range(2):
        await api.call("PutEvents", **sent, sessionId="s", eventList=[event("i1", eventId="e1")])
    await api.call("PutEvents", **sent, sessionId="null", eventList=[event("i2")])
    await api.call(
        "PutEvents",
        trackingId=tracking_id,
        sessionId="anonymous",
        eventList=[event("i7", properties='{"eventValue": 3}')],
    )
    interactions = await arn_of(api, "Dataset", "INTERACTIONS")
    await api.call(
        "CreateDatasetImportJob",
        jobName="again",
        datasetArn=interactions,
        dataSource={"dataLocation": "s3://data/interactions.csv"},
        roleArn=ROLE,
    )
    seconds = int(AT.timestamp())
    assert await exported(api, s3, "INTERACTIONS", "PUT") == [
        "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE",
        f"new,i1,{seconds},click,",
        f"anonymous,i7,{seconds},click,3.0",
    ]
    assert len(await exported(api, s3, "INTERACTIONS", "BULK")) == 1_201
    assert len(await exported(api, s3, "INTERACTIONS", "ALL")) == 1_203


async def test_equal_events_count_once(api: Api, s3: FakeS3) -> None:
    """However they came in: put twice without an id, twice in a file, put and imported."""
    tracking_id = await tracker(api)
    imported = {"eventType": "click", "sentAt": datetime.fromtimestamp(1_700_000_000, tz=UTC), "itemId": "i1"}
    for _ in range(2):
        for user, each in (("new", event("i1")), ("u1", {**imported, "eventValue": 5.0})):
            await api.call("PutEvents", trackingId=tracking_id, sessionId="s", userId=user, eventList=[each])
    later = f"\nnew,i1,{int(AT.timestamp())},click,".encode()
    s3.objects["later.csv"] = s3.objects["interactions.csv"] + later * 2
    await api.load(await arn_of(api, "Dataset", "INTERACTIONS"), "later")
    assert len(await exported(api, s3, "INTERACTIONS", "PUT")) == 1 + 2
    assert len(await exported(api, s3, "INTERACTIONS", "BULK")) == 1 + 1_200 + 1
    assert len(await exported(api, s3, "INTERACTIONS", "ALL")) == 1 + 1_200 + 1


async def test_users_are_erased(api: Api, s3: FakeS3) -> None:
    """Their interactions and descriptions go, imported or not; others stay."""
    tracking_id = await tracker(api)
    await api.call("PutEvents", trackingId=tracking_id, sessionId="s", userId="u1", eventList=[event("i1")])
    job = await deleted(api, s3, "u1", "u2", "nobody")
    assert (job["status"], job["numDeleted"]) == ("COMPLETED", 20 + 20 + 1 + 2)
    left = {row.split(",")[0] for row in (await exported(api, s3, "INTERACTIONS", "ALL"))[1:]}
    assert left == {f"u{n}" for n in range(60)} - {"u1", "u2"}


async def test_a_deletion_of_data_needs_a_file_of_users(api: Api, s3: FakeS3) -> None:
    """Another column is a reason to fail, and nothing is removed."""
    s3.objects["gone.csv"] = b"ITEM_ID\ni1\n"
    made = await api.call(
        "CreateDataDeletionJob",
        jobName="erase",
        datasetGroupArn=await arn_of(api, "DatasetGroup"),
        roleArn=ROLE,
        dataSource={"dataLocation": "s3://data/gone.csv"},
    )
    job = await api.finished("DataDeletionJob", made["dataDeletionJobArn"])
    assert job["status"] == "FAILED"
    assert job["failureReason"] == "Input CSV is missing the following columns:[USER_ID]."


async def test_rates_and_quotas_are_kept_on_demand(s3: FakeS3) -> None:
    """Calls beyond the rate are throttled, each operation by itself; fewer resources may be created."""
    api = Api(s3, options=PersonalizeOptions(calls_per_s=2, limits={"DatasetGroup": 1}))
    await api.call("CreateDatasetGroup", name="one")
    assert await api.code("CreateDatasetGroup", name="two") == "LimitExceededException"
    assert await api.code("CreateDatasetGroup", name="three") == "ThrottlingException"
    await api.call("ListDatasetGroups")
    await api.close()
