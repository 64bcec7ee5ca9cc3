"""What comes one at a time: how properties become the columns of a record, and what is refused of them."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from personalize_shop import (
    campaign,
    event,
    exported,
    items_of,
    opened,
    tracker,
)
from personalize_world import ITEM_ID, SCHEMAS, TIMESTAMP, USER_ID, avro, objects
from unit.test_personalize_service import Api, FakeS3

from understudy.wire.service import Params

WIDE = avro(
    "Interactions",
    USER_ID,
    ITEM_ID,
    TIMESTAMP,
    {"name": "EVENT_TYPE", "type": "string"},
    {"name": "DEVICE", "type": "string", "categorical": True},
    {"name": "NOTE", "type": ["null", "string"]},
    {"name": "PAGES", "type": ["null", "int"]},
    {"name": "PRICE", "type": ["null", "double"]},
    {"name": "IN_SHOP", "type": ["null", "boolean"]},
)
PLAIN = {"device": "phone"}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a small shop."""
    return FakeS3(objects())


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3) as made:
        yield made


@pytest.fixture
async def wide(s3: FakeS3) -> AsyncIterator[Api]:
    """A shop whose events have columns of their own, and of which nothing is known yet."""
    made = Api(s3)
    group = await made.made("DatasetGroup", name="shop")
    schema = (await made.call("CreateSchema", name="wide", schema=WIDE))["schemaArn"]
    asked = {"name": "i", "schemaArn": schema, "datasetGroupArn": group, "datasetType": "INTERACTIONS"}
    await made.made("Dataset", **asked)
    yield made
    await made.close()


async def sent(api: Api, *properties: object) -> Params:
    """Return the parameters of PutEvents for events with such properties."""
    events = [event("i1", sentAt=NOW, properties=json.dumps(each)) for each in properties]
    return {"trackingId": await tracker(api), "sessionId": "s", "userId": "u", "eventList": events}


@pytest.mark.parametrize(
    ("properties", "row"),
    [
        (PLAIN, "phone,,,,"),
        ({**PLAIN, "device": ["phone", "app"]}, "phone|app,,,,"),
        ({**PLAIN, "DEVICE": "phone"}, "phone,,,,"),
        ({**PLAIN, "pages": 300, "price": 9.5, "inShop": True}, "phone,,300,9.5,true"),
        ({**PLAIN, "pages": "300", "price": "9.5", "in_shop": "FALSE"}, "phone,,300,9.5,false"),
        ({**PLAIN, "pages": 300.0, "price": 1e3}, "phone,,300,1000.0,"),
        ({**PLAIN, "note": "", "pages": None}, "phone,,,,"),
        ({**PLAIN, "unknown": "x", "else": 1}, "phone,,,,"),
    ],
)
async def test_properties_are_columns_in_camel_case(
    wide: Api, s3: FakeS3, properties: Params, row: str
) -> None:
    """Of the type that the schema says; what it does not have is ignored."""
    assert await wide.call("PutEvents", **await sent(wide, properties)) == {}
    [found] = (await exported(wide, s3, "INTERACTIONS", "ALL"))[1:]
    assert found == f"u,i1,{int(NOW.timestamp())},click,{row}"


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"device": ""},
        {"device": 7},
        {"device": ["phone", 7]},
        {**PLAIN, "pages": 1.5},
        {**PLAIN, "pages": "many"},
        {**PLAIN, "pages": True},
        {**PLAIN, "price": "dear"},
        {**PLAIN, "price": "nan"},
        {**PLAIN, "price": "inf"},
        {**PLAIN, "inShop": "perhaps"},
        {**PLAIN, "inShop": 1},
        {"device": "x" * 1_001},
        {**PLAIN, "nested": {"a": 1}},
        ["device", "phone"],
        "phone",
    ],
    ids=str,
)
async def test_what_is_not_of_its_type_is_refused(wide: Api, s3: FakeS3, properties: object) -> None:
    """And nothing of the call is kept."""
    both = await sent(wide, PLAIN, properties)
    assert await wide.code("PutEvents", **both) == "InvalidInputException"
    await wide.call("PutEvents", **{**both, "eventList": [event("i2", properties=json.dumps(PLAIN))]})
    [found] = (await exported(wide, s3, "INTERACTIONS", "ALL"))[1:]
    assert found.startswith("u,i2,")


async def test_events_of_a_batch_are_kept_together_or_not_at_all(api: Api, s3: FakeS3) -> None:
    """A bad one at the end refuses those before it."""
    tracking_id = await tracker(api)
    events = [event("i1"), event("i2"), {"eventType": "click", "sentAt": NOW}]
    code = await api.code("PutEvents", trackingId=tracking_id, sessionId="s", userId="u", eventList=events)
    assert code == "InvalidInputException"
    rows = await exported(api, s3, "INTERACTIONS", "ALL")
    assert len(rows) == 1 + 1_200


async def test_an_event_says_what_the_schema_keeps(s3: FakeS3) -> None:
    """Its value, what was shown, what was recommended and where it came from, each in its column."""
    names = ("IMPRESSION", "RECOMMENDATION_ID", "EVENT_ATTRIBUTION_SOURCE")
    schema = avro(
        "Interactions",
        USER_ID,
        ITEM_ID,
        TIMESTAMP,
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "EVENT_VALUE", "type": ["float", "null"]},
        *({"name": name, "type": ["null", "string"]} for name in names),
        {"name": "DEVICE", "type": ["null", "string"], "categorical": True},
    )
    lines = s3.objects["interactions.csv"].decode().splitlines()
    s3.objects["interactions.csv"] = "\n".join(
        [f"{lines[0]},{','.join(names)},DEVICE", *(f"{line},,,," for line in lines[1:])]
    ).encode()
    async with opened(s3, schemas={**SCHEMAS, "Interactions": schema}) as api:
        full = event(
            "i1",
            sentAt=NOW,
            eventValue=2.5,
            impression=["i1", "i2"],
            recommendationId="RID-1",
            metricAttribution={"eventAttributionSource": "email"},
            properties=json.dumps({"device": "phone", "eventValue": 1}),
        )
        await api.call(
            "PutEvents", trackingId=await tracker(api), sessionId="s", userId="u", eventList=[full]
        )
        [row] = (await exported(api, s3, "INTERACTIONS", "PUT"))[1:]
        seconds = int(NOW.timestamp())
        assert row == f"u,i1,{seconds},click,2.5,i1|i2,RID-1,email,phone"


async def test_an_event_is_of_ten_kilobytes_at_most(api: Api) -> None:
    """All of it together."""
    big = event("i1", impression=["x" * 256] * 25, properties=json.dumps({"note": "x" * 1_000}))
    fits = {"trackingId": await tracker(api), "sessionId": "s", "userId": "u"}
    await api.call("PutEvents", **fits, eventList=[big])
    too_big = event("i1", impression=["ä" * 256] * 25, properties=json.dumps({"note": "x" * 900}))
    assert await api.code("PutEvents", **fits, eventList=[too_big]) == "InvalidInputException"


async def test_what_somebody_did_counts_for_nobody_else(api: Api) -> None:
    """Events of one user change the recommendations of that user only."""
    live, tracking_id = await campaign(api), await tracker(api)
    asked = {"campaignArn": live, "numResults": 5}
    before = items_of(await api.call("GetRecommendations", **asked, userId="other"))
    sent = {"trackingId": tracking_id, "sessionId": "s", "userId": "new"}
    await api.call("PutEvents", **sent, eventList=[event(f"i{number}") for number in (2, 5, 8)])
    assert items_of(await api.call("GetRecommendations", **asked, userId="other")) == before
    assert items_of(await api.call("GetRecommendations", **asked, userId="new")) != before
