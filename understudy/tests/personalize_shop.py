"""A shop in Personalize, whose handlers are called directly, and the steps that tests of it repeat."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from personalize_world import RECIPE, SCHEMAS
from unit.test_personalize_service import ROLE, Api, FakeS3

from understudy.personalize import PersonalizeOptions
from understudy.wire.service import Params

AT = datetime(2026, 1, 1, tzinfo=UTC)


@asynccontextmanager
async def opened(
    s3: FakeS3,
    *,
    options: PersonalizeOptions = PersonalizeOptions(),  # noqa: B008 - frozen
    schemas: Mapping[str, str] = SCHEMAS,
) -> AsyncIterator[Api]:
    """Yield services with a group `shop` that has interactions, items and users."""
    made = Api(s3, options=options)
    group = await made.made("DatasetGroup", name="shop")
    for name, schema in schemas.items():
        arn = (await made.call("CreateSchema", name=name, schema=schema))["schemaArn"]
        dataset = await made.made(
            "Dataset", name=name, schemaArn=arn, datasetGroupArn=group, datasetType=name
        )
        await made.load(dataset, name.lower())
    yield made
    await made.close()


async def arn_of(api: Api, noun: str, ends: str = "") -> str:
    """Return the ARN of the only resource of a kind, or of the one that ends so."""
    [entries] = (await api.call(f"List{noun}s")).values()
    key = f"{noun[0].lower()}{noun[1:]}Arn"
    [arn] = [each[key] for each in entries if each[key].endswith(ends)]
    return str(arn)


async def campaign(api: Api, name: str = "live") -> str:
    """Return the ARN of a campaign."""
    group = await arn_of(api, "DatasetGroup")
    solution = await api.made("Solution", name=name, datasetGroupArn=group, recipeArn=RECIPE)
    version = await api.made("SolutionVersion", solutionArn=solution)
    return await api.made("Campaign", name=name, solutionVersionArn=version)


async def tracker(api: Api) -> str:
    """Return the tracking id of a new event tracker."""
    group = await arn_of(api, "DatasetGroup")
    made = await api.call("CreateEventTracker", name="clicks", datasetGroupArn=group)
    await api.finished("EventTracker", made["eventTrackerArn"])
    return str(made["trackingId"])


def event(item: str, **more: object) -> Params:
    """Return an event of the newest time."""
    return {"eventType": "click", "sentAt": AT, "itemId": item, **more}


async def exported(api: Api, s3: FakeS3, dataset: str, mode: str) -> list[str]:
    """Return the rows of an export."""
    await api.made(
        "DatasetExportJob",
        jobName=mode,
        datasetArn=await arn_of(api, "Dataset", dataset),
        roleArn=ROLE,
        ingestionMode=mode,
        jobOutput={"s3DataDestination": {"path": "s3://data/export/"}},
    )
    return s3.objects[f"export/{mode}.csv"].decode().splitlines()


async def filter_of(api: Api, expression: str, name: str = "filter") -> str:
    """Return the ARN of a new filter."""
    group = await arn_of(api, "DatasetGroup")
    return await api.made("Filter", name=name, datasetGroupArn=group, filterExpression=expression)


async def batch(api: Api, s3: FakeS3, lines: list[Params], **more: object) -> list[Params]:
    """Return the answers of a batch job to lines."""
    s3.objects["in.json"] = "\n".join(map(json.dumps, lines)).encode()
    await api.made(
        "BatchInferenceJob",
        jobName=more.pop("jobName", "night"),
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": "s3://data/in.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
        **more,
    )
    return [json.loads(line) for line in s3.objects["out/in.json.out"].splitlines()]


def items_of(answer: Params) -> list[str]:
    """Return the ids of recommended items."""
    return [each["itemId"] for each in answer["itemList"]]


async def deleted(api: Api, s3: FakeS3, *users: str, job_name: str = "erase") -> Params:
    """Delete users, and return the finished job."""
    s3.objects["gone.csv"] = "\n".join(["USER_ID", *users]).encode()
    made = await api.call(
        "CreateDataDeletionJob",
        jobName=job_name,
        datasetGroupArn=await arn_of(api, "DatasetGroup"),
        roleArn=ROLE,
        dataSource={"dataLocation": "s3://data/gone.csv"},
    )
    return await api.finished("DataDeletionJob", made["dataDeletionJobArn"])
