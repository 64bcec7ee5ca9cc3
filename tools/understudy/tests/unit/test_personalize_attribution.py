"""What metric attributions report: figures of events and imports, by their source, on S3."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import numpy as np
import pytest

from tools.understudy.tests.personalize_shop import (
    AT,
    arn_of,
    campaign,
    event,
    opened,
    tracker,
)
from tools.understudy.tests.personalize_world import ITEM_ID, ROLE, SCHEMAS, avro, objects
from tools.understudy.tests.unit.test_personalize_filters import texts
from tools.understudy.tests.unit.test_personalize_service import Api, FakeS3
from understudy.personalize.attribution import (
    UNDEFINED,
    Figure,
    Metric,
    Occurrences,
    campaign_mark,
    figures,
    report,
    source_of,
)
from understudy.personalize.tables import Table
from understudy.wire.service import Params

CLICKS = {"eventType": "click", "metricName": "clicks", "expression": "SAMPLECOUNT()"}
WORTH = {"eventType": "order", "metricName": "worth", "expression": "SUM(Interactions.EVENT_VALUE)"}
PRICE = {"eventType": "click", "metricName": "price", "expression": "sum(ITEMS.PRICE)"}
EVENTS_FILE = "metrics/AggregatedAttributionMetrics - PutEvents.csv"
SECONDS = int(AT.timestamp())


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a small shop."""
    return FakeS3(objects())


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3) as made:
        yield made


async def attribution(api: Api, *metrics: Params, published: bool = True) -> str:
    """Return the ARN of a new attribution."""
    output: Params = {"roleArn": ROLE}
    if published:
        output["s3DataDestination"] = {"path": "s3://data/metrics/"}
    return await api.made(
        "MetricAttribution",
        name="worth",
        datasetGroupArn=await arn_of(api, "DatasetGroup"),
        metrics=list(metrics),
        metricsOutputConfig=output,
    )


async def put(api: Api, tracking_id: str, *events: Params) -> None:
    """Put events of u1."""
    await api.call("PutEvents", trackingId=tracking_id, sessionId="s", userId="u1", eventList=list(events))


async def rows(s3: FakeS3, key: str, *, of: int) -> list[dict[str, str]]:
    """Return the rows of a report once there are so many."""
    while True:
        found = list(csv.DictReader(io.StringIO(s3.objects.get(key, b"").decode())))
        if len(found) == of:
            return found
        await asyncio.sleep(0.002)


def from_source(name: str) -> Params:
    """Return what says that an event came from somewhere."""
    return {"metricAttribution": {"eventAttributionSource": name}}


async def test_events_are_counted_by_their_source(api: Api, s3: FakeS3) -> None:
    """Per quarter of an hour; the type is compared without regard to case, others are not counted."""
    await attribution(api, CLICKS, WORTH)
    tracking_id = await tracker(api)
    await put(api, tracking_id, event("i1", **from_source("run-1")), event("i2", **from_source("run-1")))
    later = AT + timedelta(minutes=20)
    await put(api, tracking_id, event("i1", sentAt=later, **from_source("run-1")))
    await put(
        api,
        tracking_id,
        event("i1", eventType="ORDER", eventValue=19.5, **from_source("run-2")),
        event("i2", eventType="order", eventValue=0.5, **from_source("run-2")),
        event("i3", eventType="order", **from_source("run-2")),
        event("i3"),
        event("i3", eventType="view", **from_source("run-2")),
    )
    found = await rows(s3, EVENTS_FILE, of=4)
    assert found[0] == {
        "METRIC_NAME": "clicks",
        "EVENT_TYPE": "click",
        "VALUE": "1.0",
        "MATH_FUNCTION": "samplecount",
        "EVENT_ATTRIBUTION_SOURCE": UNDEFINED,
        "TIMESTAMP": str(SECONDS),
    }
    others = [(each["EVENT_ATTRIBUTION_SOURCE"], each["VALUE"], each["TIMESTAMP"]) for each in found[1:]]
    assert others == [
        ("run-1", "2.0", str(SECONDS)),
        ("run-1", "1.0", str(SECONDS + 900)),
        ("run-2", "20.0", str(SECONDS)),
    ]
    assert found[3]["MATH_FUNCTION"] == "sum"


async def test_an_event_is_counted_once(api: Api, s3: FakeS3) -> None:
    """With its id, or equal to another; and a later event is added to the same report."""
    await attribution(api, CLICKS)
    tracking_id = await tracker(api)
    for _ in range(3):
        await put(api, tracking_id, event("i1"), event("i2", eventId="e"), event("i3", eventId="e"))
    [row] = await rows(s3, EVENTS_FILE, of=1)
    assert row["VALUE"] == "2.0"
    await put(api, tracking_id, event("i4"))
    while row["VALUE"] != "3.0":
        await asyncio.sleep(0.002)
        [row] = await rows(s3, EVENTS_FILE, of=1)


async def test_a_recommendation_is_the_source_if_none_is_named(api: Api, s3: FakeS3) -> None:
    """Its id says which campaign it was; a named source is preferred."""
    live = await campaign(api, "popularity-count")
    await attribution(api, CLICKS)
    tracking_id = await tracker(api)
    answer = await api.call("GetRecommendations", campaignArn=live, userId="u1", numResults=1)
    assert len(answer["recommendationId"]) == 40  # as many as PutEvents takes
    by = {"recommendationId": answer["recommendationId"]}
    await put(api, tracking_id, event("i1", **by), event("i2", **by, **from_source("shop")))
    await put(api, tracking_id, event("i3", recommendationId="RID-of-nobody"))
    found = await rows(s3, EVENTS_FILE, of=3)
    assert {each["EVENT_ATTRIBUTION_SOURCE"] for each in found} == {live, "shop", UNDEFINED}


async def test_items_are_summed_by_their_column(s3: FakeS3) -> None:
    """An item that is unknown, or has no number, is worth nothing."""
    s3.objects["items.csv"] = b"ITEM_ID,PRICE\ni1,2.5\ni2,\n"
    priced = avro("Items", ITEM_ID, {"name": "PRICE", "type": ["null", "float"]})
    async with opened(s3, schemas={**SCHEMAS, "Items": priced}) as api:
        await attribution(api, PRICE)
        tracking_id = await tracker(api)
        items = [event(item, eventId=f"e{n}") for n, item in enumerate(("i1", "i1", "i2", "unheard of"))]
        await put(api, tracking_id, *items)
        [row] = await rows(s3, EVENTS_FILE, of=1)
        assert row["VALUE"] == "5.0"


async def test_nothing_is_published_without_a_place(api: Api, s3: FakeS3) -> None:
    """It is counted, and published once there is one."""
    arn = await attribution(api, CLICKS, published=False)
    tracking_id = await tracker(api)
    await put(api, tracking_id, event("i1"))
    await asyncio.sleep(0.02)
    assert EVENTS_FILE not in s3.objects
    await api.call(
        "UpdateMetricAttribution",
        metricAttributionArn=arn,
        metricsOutputConfig={"roleArn": ROLE, "s3DataDestination": {"path": "s3://data/metrics"}},
    )
    await put(api, tracking_id, event("i2"))
    [row] = await rows(s3, EVENTS_FILE, of=1)
    assert row["VALUE"] == "2.0"


async def test_a_bucket_that_is_not_there_loses_nothing(api: Api, s3: FakeS3) -> None:
    """Events are kept, and the report is there once the place is right."""
    output: Params = {"roleArn": ROLE, "s3DataDestination": {"path": "s3://elsewhere/metrics/"}}
    arn = await api.made(
        "MetricAttribution",
        name="worth",
        datasetGroupArn=await arn_of(api, "DatasetGroup"),
        metrics=[CLICKS],
        metricsOutputConfig=output,
    )
    tracking_id = await tracker(api)
    await put(api, tracking_id, event("i1"))
    await asyncio.sleep(0.02)
    output["s3DataDestination"] = {"path": "s3://data/metrics/"}
    await api.call("UpdateMetricAttribution", metricAttributionArn=arn, metricsOutputConfig=output)
    await put(api, tracking_id, event("i2"))
    [row] = await rows(s3, EVENTS_FILE, of=1)
    assert row["VALUE"] == "2.0"


async def imported(api: Api, name: str, **more: object) -> Params:
    """Import interactions, and return the finished job."""
    job = await api.call(
        "CreateDatasetImportJob",
        jobName=name,
        datasetArn=await arn_of(api, "Dataset", "INTERACTIONS"),
        dataSource={"dataLocation": f"s3://data/{name}.csv"},
        roleArn=ROLE,
        **more,
    )
    return await api.settled("DatasetImportJob", job["datasetImportJobArn"])


async def test_an_import_publishes_its_own_report(api: Api, s3: FakeS3) -> None:
    """If it is told to, under a name that says how it was imported."""
    await attribution(api, CLICKS)
    s3.objects["more.csv"] = s3.objects["interactions.csv"]
    s3.objects["quiet.csv"] = s3.objects["interactions.csv"]
    assert (await imported(api, "quiet"))["status"] == "ACTIVE"
    assert not any(key.startswith("metrics/") for key in s3.objects)
    job = await imported(api, "more", importMode="INCREMENTAL", publishAttributionMetricsToS3=True)
    assert (job["status"], job["publishAttributionMetricsToS3"]) == ("ACTIVE", True)
    [key] = [each for each in s3.objects if each.startswith("metrics/")]
    assert key.startswith("metrics/AggregatedAttributionMetrics - INCREMENTAL - ")
    found = await rows(s3, key, of=1)
    assert (found[0]["VALUE"], found[0]["EVENT_ATTRIBUTION_SOURCE"]) == ("1200.0", UNDEFINED)


async def test_an_import_cannot_publish_what_has_no_place(api: Api) -> None:
    """Without an attribution, or without its destination."""
    asked = {
        "jobName": "x",
        "datasetArn": await arn_of(api, "Dataset", "INTERACTIONS"),
        "dataSource": {"dataLocation": "s3://data/interactions.csv"},
        "roleArn": ROLE,
        "publishAttributionMetricsToS3": True,
    }
    assert await api.code("CreateDatasetImportJob", **asked) == "InvalidInputException"
    await attribution(api, CLICKS, published=False)
    assert await api.code("CreateDatasetImportJob", **asked) == "InvalidInputException"


async def test_a_deleted_attribution_counts_no_more(api: Api, s3: FakeS3) -> None:
    """A new one begins with nothing."""
    arn = await attribution(api, CLICKS)
    tracking_id = await tracker(api)
    await put(api, tracking_id, event("i1"))
    await rows(s3, EVENTS_FILE, of=1)
    await api.call("DeleteMetricAttribution", metricAttributionArn=arn)
    while (await api.call("ListMetricAttributions"))["metricAttributions"]:  # noqa: ASYNC110 - as a client
        await asyncio.sleep(0.002)
    await put(api, tracking_id, event("i2"))
    await attribution(api, CLICKS)
    await put(api, tracking_id, event("i3"))
    found: Mapping[str, str] = {}
    while found.get("VALUE") != "1.0" or found.get("TIMESTAMP") != str(SECONDS):
        [found] = await rows(s3, EVENTS_FILE, of=1)
        await asyncio.sleep(0.002)


def occurrences(
    types: list[str], sources: list[str], times: list[int], **columns: list[float]
) -> Occurrences:
    """Return events of one item."""
    table = Table(
        {
            "EVENT_TYPE": texts(types),
            "ITEM_ID": texts(["i"] * len(types)),
            "EVENT_ATTRIBUTION_SOURCE": texts(sources),
            "TIMESTAMP": np.array(times, dtype=np.float64),
            **{name: np.array(values) for name, values in columns.items()},
        },
        len(types),
    )
    return Occurrences.of(table, {})


def worth_nothing(_item: str, _column: str) -> float:
    """Return that no item is worth anything."""
    return 0.0


def test_figures_are_by_source_and_interval() -> None:
    """A quarter of an hour begins with its first second."""
    events = occurrences(["a", "a", "b", "a", "A"], ["x", "x", "x", "", "x"], [899, 900, 900, 900, 1_799])
    metric = Metric.of({"metricName": "m", "eventType": "a", "expression": "SampleCount()"})
    assert sorted(figures([metric], events, worth_nothing)) == sorted(
        [
            Figure("m", "a", 1.0, "samplecount", "x", 0),
            Figure("m", "a", 2.0, "samplecount", "x", 900),
            Figure("m", "a", 1.0, "samplecount", UNDEFINED, 900),
        ]
    )


def test_a_sum_leaves_out_what_has_no_value() -> None:
    """And a column that there is not sums up to nothing."""
    events = occurrences(["a", "a"], ["x", "x"], [0, 0], EVENT_VALUE=[2.0, np.nan])
    [found] = figures([Metric("m", "a", Metric.of(WORTH).summed)], events, worth_nothing)
    assert (found.value, found.function) == (2.0, "sum")
    without = occurrences(["a"], ["x"], [0])
    assert figures([Metric("m", "a", Metric.of(WORTH).summed)], without, worth_nothing)[0].value == 0


def test_no_events_have_no_figures() -> None:
    """Nor have those of other types."""
    metric = Metric.of(CLICKS)
    assert figures([metric], occurrences([], [], []), worth_nothing) == []
    assert figures([metric], occurrences(["view"], ["x"], [0]), worth_nothing) == []
    assert report([]).decode().splitlines() == [
        "METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP"
    ]


def test_a_table_without_types_and_sources_counts_nothing() -> None:
    """Both columns are optional in a schema."""
    table = Table({"ITEM_ID": texts(["i"]), "TIMESTAMP": np.zeros(1)}, 1)
    assert figures([Metric.of(CLICKS)], Occurrences.of(table, {}), worth_nothing) == []


@pytest.mark.parametrize("expression", ["", "COUNT()", "SUM(EVENT_VALUE)", "SUM(Items.PRICE) + 1", "SUM()"])
def test_an_expression_is_a_count_or_a_sum(expression: str) -> None:
    """Anything else is an error that names it."""
    with pytest.raises(ValueError, match="expression"):
        Metric.of({**CLICKS, "expression": expression})


@pytest.mark.parametrize(
    ("named", "recommended", "expected"),
    [
        ("run", "mark", "run"),
        (None, "mark", "campaign"),
        ("", "mark", "campaign"),
        (None, "other", UNDEFINED),
        (None, None, UNDEFINED),
    ],
)
def test_the_source_of_an_event(named: str | None, recommended: str | None, expected: str) -> None:
    """The one that it names, else the campaign of the recommendation, if that is known."""
    ids = {"mark": f"RID-x-CID-{campaign_mark('campaign')}", "other": "RID-x-CID-000000"}
    found = source_of(named, ids.get(recommended or ""), {campaign_mark("campaign"): "campaign"})
    assert found == expected


def test_imports_may_say_who_recommended() -> None:
    """If the schema keeps it, they are reported by campaign."""
    table = Table(
        {
            "USER_ID": texts(["u"]),
            "ITEM_ID": texts(["i"]),
            "EVENT_TYPE": texts(["click"]),
            "RECOMMENDATION_ID": texts([f"RID-x-CID-{campaign_mark('c')}"]),
            "TIMESTAMP": np.zeros(1),
        },
        1,
    )
    [found] = figures([Metric.of(CLICKS)], Occurrences.of(table, {campaign_mark("c"): "c"}), worth_nothing)
    assert found.source == "c"
