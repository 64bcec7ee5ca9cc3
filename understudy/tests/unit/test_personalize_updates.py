"""Updates: what is updated serves on as it was, and has the change when the update is done."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from personalize_shop import arn_of, campaign, items_of, opened
from personalize_world import ITEM_ID, avro, objects
from unit.test_personalize_service import Api, FakeS3

from understudy.wire.service import Params

COLOUR = {"name": "COLOUR", "type": ["null", "string"], "categorical": True}


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a small shop."""
    return FakeS3(objects())


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3) as made:
        yield made


async def updated(api: Api, noun: str, arn: str) -> Params:
    """Return the description of a resource once its latest update is done."""
    key = noun[0].lower() + noun[1:]
    member = f"latest{noun}Update"
    while True:
        shown: Params = (await api.call(f"Describe{noun}", **{f"{key}Arn": arn}))[key]
        if shown.get(member, {}).get("status") == "ACTIVE":
            return shown
        await asyncio.sleep(0.002)


async def test_a_dataset_gets_another_schema(api: Api, s3: FakeS3) -> None:
    """The next import has its columns, and the old schema can be deleted."""
    items = await arn_of(api, "Dataset", "ITEMS")
    before = (await api.call("DescribeDataset", datasetArn=items))["dataset"]["schemaArn"]
    text = avro("Items", ITEM_ID, COLOUR)
    after = (await api.call("CreateSchema", name="colours", schema=text))["schemaArn"]
    await api.call("UpdateDataset", datasetArn=items, schemaArn=after)
    assert await api.code("UpdateDataset", datasetArn=items, schemaArn=before) == "ResourceInUseException"
    assert await api.code("DeleteSchema", schemaArn=before) == "ResourceInUseException"
    shown = await updated(api, "Dataset", items)
    assert (shown["schemaArn"], shown["latestDatasetUpdate"]["schemaArn"]) == (after, after)
    await api.call("DeleteSchema", schemaArn=before)
    s3.objects["colours.csv"] = b"ITEM_ID,COLOUR\ni0,\ni1,red\n"
    await api.load(items, "colours")
    live = await campaign(api)
    red = await api.made(
        "Filter",
        name="red",
        datasetGroupArn=await arn_of(api, "DatasetGroup"),
        filterExpression='INCLUDE ItemID WHERE Items.COLOUR IN ("red")',
    )
    found = await api.call("GetRecommendations", campaignArn=live, userId="u", filterArn=red)
    assert items_of(found) == ["i1"]


async def test_a_schema_of_another_type_is_no_update(api: Api) -> None:
    """Nothing is changed by what is refused."""
    items, users = await arn_of(api, "Dataset", "ITEMS"), await arn_of(api, "Schema", "Users")
    assert await api.code("UpdateDataset", datasetArn=items, schemaArn=users) == "InvalidInputException"
    assert "latestDatasetUpdate" not in (await api.call("DescribeDataset", datasetArn=items))["dataset"]


async def test_a_campaign_keeps_what_an_update_does_not_name(api: Api) -> None:
    """Its throughput changes, its version and configuration do not."""
    arn = await campaign(api)
    before = (await api.call("DescribeCampaign", campaignArn=arn))["campaign"]
    assert (before["minProvisionedTPS"], "latestCampaignUpdate" in before) == (1, False)
    await api.call("UpdateCampaign", campaignArn=arn, minProvisionedTPS=5)
    shown = await updated(api, "Campaign", arn)
    assert (shown["minProvisionedTPS"], shown["solutionVersionArn"]) == (5, before["solutionVersionArn"])
    assert shown["latestCampaignUpdate"]["minProvisionedTPS"] == 5


async def test_neither_version_of_an_update_can_be_deleted(api: Api) -> None:
    """The solution of the campaign is in use before, during and after it."""
    arn = await campaign(api)
    solution = await arn_of(api, "Solution")
    newer = await api.made("SolutionVersion", solutionArn=solution)
    await api.call("UpdateCampaign", campaignArn=arn, solutionVersionArn=newer)
    assert await api.code("DeleteSolution", solutionArn=solution) == "ResourceInUseException"
    await updated(api, "Campaign", arn)
    assert await api.code("DeleteSolution", solutionArn=solution) == "ResourceInUseException"
