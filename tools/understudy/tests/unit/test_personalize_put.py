"""What comes one at a time: how properties become the columns of a record, and what is refused of them."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tools.understudy.tests.personalize_shop import (
    arn_of,
    campaign,
    event,
    exported,
    items_of,
    opened,
    tracker,
)
from tools.understudy.tests.personalize_world import ITEM_ID, SCHEMAS, TIMESTAMP, USER_ID, avro, objects
from tools.understudy.tests.unit.test_personalize_service import Api, FakeS3
from understudy.wire.service import Params

WIDE = avro(
    "Items",
    ITEM_ID,
    {"name": "GENRE", "type": "string", "categorical": True},
    {"name": "NOTE", "type": ["null", "string"]},
    {"name": "TEXT", "type": ["null", "string"], "textual": True},
    {"name": "PAGES", "type": ["null", "int"]},
    {"name": "PRICE", "type": ["null", "double"]},
    {"name": "IN_PRINT", "type": ["null", "boolean"]},
    {"name": "CREATION_TIMESTAMP", "type": "long"},
)
HEADER = "ITEM_ID,GENRE,NOTE,TEXT,PAGES,PRICE,IN_PRINT,CREATION_TIMESTAMP"
PLAIN = {"genre": "novel", "creationTimestamp": 5}
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a shop of books."""
    return FakeS3({**objects(), "items.csv": f"{HEADER}\\ni0,novel,,,,,,1\\n".replace("\\n", "\n").encode()})


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3, schemas={**SCHEMAS, "Items": WIDE}) as made:
        yield made


async def put(api: Api, item: str, properties: object) -> Params:
    """Put an item."""
    items = await arn_of(api, "Dataset", "ITEMS")
    entry = {"itemId": item, "properties": json.dumps(properties)}
    return await api.call("PutItems", datasetArn=items, items=[entry])


@pytest.mark.parametrize(
    ("properties", "row"),
    [
        (PLAIN, "i1,novel,,,,,,5"),
        ({**PLAIN, "genre": ["novel", "crime"]}, "i1,novel|crime,,,,,,5"),
        ({**PLAIN, "GENRE": "novel"}, "i1,novel,,,,,,5"),
        ({"genre": "novel", "creation_timestamp": 5}, "i1,novel,,,,,,5"),
        ({**PLAIN, "pages": 300, "price": 9.5, "inPrint": True}, "i1,novel,,,300,9.5,true,5"),
        ({**PLAIN, "pages": "300", "price": "9.5", "inPrint": "FALSE"}, "i1,novel,,,300,9.5,false,5"),
        ({**PLAIN, "pages": 300.0, "price": 1e3}, "i1,novel,,,300,1000.0,,5"),
        ({**PLAIN, "note": "", "pages": None}, "i1,novel,,,,,,5"),
        ({**PLAIN, "unknown": "x", "else": 1}, "i1,novel,,,,,,5"),
        ({**PLAIN, "text": "a" * 3}, "i1,novel,,aaa,,,,5"),
    ],
)
async def test_properties_are_columns_in_camel_case(
    api: Api, s3: FakeS3, properties: Params, row: str
) -> None:
    """Of the type that the schema says; what it does not have is ignored."""
    assert await put(api, "i1", properties) == {}
    assert (await exported(api, s3, "ITEMS", "PUT"))[1:] == [row]


@pytest.mark.parametrize(
    "properties",
    [
        {"genre": "novel"},
        {"creationTimestamp": 5},
        {**PLAIN, "genre": ""},
        {**PLAIN, "genre": 7},
        {**PLAIN, "genre": ["novel", 7]},
        {**PLAIN, "pages": 1.5},
        {**PLAIN, "pages": "many"},
        {**PLAIN, "pages": True},
        {**PLAIN, "price": "dear"},
        {**PLAIN, "price": "nan"},
        {**PLAIN, "price": "inf"},
        {**PLAIN, "inPrint": "perhaps"},
        {**PLAIN, "inPrint": 1},
        {**PLAIN, "genre": "x" * 1_001},
        {**PLAIN, "creationTimestamp": "yesterday"},
        {**PLAIN, "nested": {"a": 1}},
        ["genre", "novel"],
        "novel",
    ],
    ids=str,
)
async def test_what_is_not_of_its_type_is_refused(api: Api, s3: FakeS3, properties: object) -> None:
    """And nothing of the call is kept."""
    items = await arn_of(api, "Dataset", "ITEMS")
    entries = [
        {"itemId": "good", "properties": json.dumps(PLAIN)},
        {"itemId": "bad", "properties": json.dumps(properties)},
    ]
    assert await api.code("PutItems", datasetArn=items, items=entries) == "InvalidInputException"
    assert len(await exported(api, s3, "ITEMS", "ALL")) == 1 + 1


async def test_a_long_text_is_cut_as_in_an_import(api: Api, s3: FakeS3) -> None:
    """It is not refused, as other values are."""
    await put(api, "i1", {**PLAIN, "text": "ä" * 20_001})
    [row] = (await exported(api, s3, "ITEMS", "PUT"))[1:]
    assert row.count("ä") == 20_000


async def test_a_user_is_replaced_by_what_is_put(api: Api, s3: FakeS3) -> None:
    """The latest record counts, and a full import replaces it."""
    users = await arn_of(api, "Dataset", "USERS")
    for age in (30, 31):
        entry = {"userId": "new", "properties": json.dumps({"age": age})}
        await api.call("PutUsers", datasetArn=users, users=[entry])
    assert "new,31" in await exported(api, s3, "USERS", "ALL")
    s3.objects["later.csv"] = b"USER_ID,AGE\nnew,40\n"
    await api.load(users, "later")
    assert (await exported(api, s3, "USERS", "BULK"))[1:] == ["new,40"]


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
    async with opened(s3, schemas={**SCHEMAS, "Items": WIDE, "Interactions": schema}) as api:
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
    live, tracking_id = await campaign(api, "user-personalization-v2"), await tracker(api)
    asked = {"campaignArn": live, "numResults": 5}
    before = items_of(await api.call("GetRecommendations", **asked, userId="other"))
    sent = {"trackingId": tracking_id, "sessionId": "s", "userId": "new"}
    await api.call("PutEvents", **sent, eventList=[event(f"i{number}") for number in (2, 5, 8)])
    assert items_of(await api.call("GetRecommendations", **asked, userId="other")) == before
    assert items_of(await api.call("GetRecommendations", **asked, userId="new")) != before
