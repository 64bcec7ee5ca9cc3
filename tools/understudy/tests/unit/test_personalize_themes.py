"""Themes of batch recommendations: what they say, and what a job with themes takes."""

import json
from collections.abc import AsyncIterator

import pytest

from tools.understudy.tests.personalize_shop import RECIPES, arn_of, batch, opened
from tools.understudy.tests.personalize_world import ITEM_ID, ROLE, SCHEMAS, avro, objects
from tools.understudy.tests.unit.test_personalize_service import Api, FakeS3
from understudy.personalize.dataset_records import table_of
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.records import Records
from understudy.personalize.schemas import parse_schema
from understudy.personalize.store import Streamed
from understudy.personalize.themes import Themes
from understudy.wire.service import Params

NAME = {"name": "TITLE", "type": ["null", "string"]}
TEXT = {"name": "TEXT", "type": ["null", "string"], "textual": True}
PRICE = {"name": "PRICE", "type": ["null", "float"]}
ITEMS = avro("Items", ITEM_ID, NAME, TEXT, PRICE)
THEMED: Params = {
    "batchInferenceJobMode": "THEME_GENERATION",
    "themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": "TITLE"}},
}


def themes(**names: str | None) -> Themes:
    """The themes of a catalogue with these names."""
    schema = parse_schema(ITEMS)
    records = [Streamed(item, {"ITEM_ID": item, "TITLE": name}) for item, name in names.items()]
    return Themes(Records.of(DatasetSnapshot(schema, table_of(records, schema))), "TITLE")


CATALOGUE = themes(
    a="Wireless headphones for the road",
    b="Wireless in-ear headphones, black",
    c="Headphones with a cable",
    d="Garden chair",
    e="Garden table",
    f=None,
)


@pytest.mark.parametrize(
    ("items", "theme"),
    [
        (["a", "b", "c"], "Wireless Headphones"),
        (["c", "b"], "Headphones"),
        (["d", "e"], "Garden"),
        (["d", "e", "f", "unknown"], "Garden"),
        (["a", "d"], "You might also like"),
        (["f"], "You might also like"),
        ([], "You might also like"),
    ],
)
def test_a_theme_is_what_names_share(items: list[str], theme: str) -> None:
    """Two of them at least; numbers and small words say nothing."""
    found = CATALOGUE.of(items)
    assert found.theme == theme
    assert len(found.relevance) == len(items)


def test_items_are_scored_by_how_much_of_the_theme_they_have() -> None:
    """All of it is 1, nothing is 0; a rare word counts more than a common one."""
    relevance = CATALOGUE.of(["a", "c", "b", "f"]).relevance
    assert (relevance[0], relevance[2], relevance[3]) == (1.0, 1.0, 0.0)
    assert 0 < relevance[1] < 0.5


@pytest.fixture
def s3() -> FakeS3:
    """A bucket with a shop of lamps and tables."""
    names = ("Desk lamp", "Floor lamp", "Side table", "Night table")
    lines = [f"i{item},{names[item % 4]} {item},A thing,9.5" for item in range(40)]
    return FakeS3({**objects(), "items.csv": "\n".join(["ITEM_ID,TITLE,TEXT,PRICE", *lines]).encode()})


@pytest.fixture
async def api(s3: FakeS3) -> AsyncIterator[Api]:
    """The shop."""
    async with opened(s3, schemas={**SCHEMAS, "Items": ITEMS}) as made:
        yield made


async def version(api: Api, recipe: str = "similar-items") -> str:
    """Return the ARN of a version by a recipe."""
    group = await arn_of(api, "DatasetGroup")
    made = {"name": recipe, "datasetGroupArn": group, "recipeArn": RECIPES + recipe}
    return await api.made("SolutionVersion", solutionArn=await api.made("Solution", **made))


async def test_each_answer_has_a_theme(api: Api, s3: FakeS3) -> None:
    """A line that cannot be answered has none."""
    lines = [{"itemId": "i1"}, {"itemId": "i2"}, {"userId": "u1"}]
    answers = await batch(api, s3, lines, solutionVersionArn=await version(api), numResults=8, **THEMED)
    for answer in answers[:2]:
        output = answer["output"]
        assert output.keys() == {"recommendedItems", "theme", "itemsThemeRelevanceScores"}
        assert {"Lamp", "Table"}.intersection(output["theme"].split())
        assert len(output["itemsThemeRelevanceScores"]) == len(output["recommendedItems"]) == 8
        assert max(output["itemsThemeRelevanceScores"]) <= 1
    assert answers[2]["output"] is None
    job = await arn_of(api, "BatchInferenceJob")
    shown = (await api.call("DescribeBatchInferenceJob", batchInferenceJobArn=job))["batchInferenceJob"]
    assert {key: shown[key] for key in THEMED} == THEMED


async def test_a_file_has_a_hundred_items_at_most(api: Api, s3: FakeS3) -> None:
    """Blank lines do not count; one more fails the job."""
    asked = {"solutionVersionArn": await version(api), **THEMED}
    many: list[Params] = [{"itemId": f"i{number % 40}"} for number in range(100)]
    assert len(await batch(api, s3, many, **asked)) == 100
    s3.objects["in.json"] += b"\n\n" + json.dumps({"itemId": "i1"}).encode()
    made = await api.call(
        "CreateBatchInferenceJob",
        jobName="more",
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": "s3://data/in.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
        **asked,
    )
    found = await api.settled("BatchInferenceJob", made["batchInferenceJobArn"])
    assert (found["status"], "at most 100 items" in found["failureReason"]) == ("CREATE FAILED", True)


def naming(field: str) -> Params:
    """A job by another column."""
    return {**THEMED, "themeGenerationConfig": {"fieldsForThemeGeneration": {"itemName": field}}}


@pytest.mark.parametrize(
    ("recipe", "asked"),
    [
        ("popularity-count", THEMED),
        ("user-personalization-v2", THEMED),
        ("similar-items", {"batchInferenceJobMode": "THEME_GENERATION"}),
        ("similar-items", {"themeGenerationConfig": THEMED["themeGenerationConfig"]}),
        ("similar-items", naming("NOTHING")),
        ("similar-items", naming("PRICE")),
    ],
)
async def test_what_themes_do_not_take_is_refused(api: Api, recipe: str, asked: Params) -> None:
    """Another recipe, no column with names, or one of another type."""
    code = await api.code(
        "CreateBatchInferenceJob",
        jobName="n",
        solutionVersionArn=await version(api, recipe),
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": "s3://data/in.json"}},
        jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
        **asked,
    )
    assert code == "InvalidInputException"


async def test_a_catalogue_without_texts_has_no_themes() -> None:
    """AWS writes themes by names and descriptions."""
    plain = avro("Items", ITEM_ID, NAME)
    lines = "\n".join(["ITEM_ID,TITLE", *(f"i{item},Lamp {item}" for item in range(40))]).encode()
    s3 = FakeS3({**objects(), "items.csv": lines})
    async with opened(s3, schemas={**SCHEMAS, "Items": plain}) as api:
        code = await api.code(
            "CreateBatchInferenceJob",
            jobName="n",
            solutionVersionArn=await version(api),
            roleArn=ROLE,
            jobInput={"s3DataSource": {"path": "s3://data/in.json"}},
            jobOutput={"s3DataDestination": {"path": "s3://data/out/"}},
            **THEMED,
        )
    assert code == "InvalidInputException"
