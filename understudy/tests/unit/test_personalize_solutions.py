"""Which solutions can be created, and on what their versions are trained."""

from collections.abc import AsyncIterator

import pytest
from personalize_shop import arn_of, event, items_of, opened, tracker
from personalize_world import RECIPE, SCHEMAS, objects
from unit.test_personalize_service import Api, FakeS3

from understudy.wire.service import Params


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    """A small shop."""
    async with opened(FakeS3(objects())) as made:
        yield made


async def asked(api: Api, recipe: str = RECIPE, **changes: object) -> Params:
    """Return the parameters of CreateSolution."""
    group = await arn_of(api, "DatasetGroup")
    return {"name": "s", "datasetGroupArn": group, "recipeArn": recipe, **changes}


@pytest.mark.parametrize(
    "config",
    [
        {"eventValueThreshold": "2.5"},
        {"eventsConfig": {"eventParametersList": [{"eventType": "click", "weight": 0.5}]}},
        {"trainingDataConfig": {"excludedDatasetColumns": {"Items": ["TEXT"], "Interactions": []}}},
    ],
)
async def test_a_solution_keeps_its_configuration(api: Api, config: Params) -> None:
    """As it was given; nothing is done by itself."""
    arn = await api.made("Solution", **await asked(api, solutionConfig=config))
    shown = (await api.call("DescribeSolution", solutionArn=arn))["solution"]
    assert shown["solutionConfig"] == config
    assert not any(shown[name] for name in ("performAutoTraining", "performHPO", "performAutoML"))


@pytest.mark.parametrize(
    "config",
    [
        {"eventValueThreshold": "much"},
        {"eventValueThreshold": "nan"},
        {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}},
        {"eventsConfig": {"eventParametersList": [{"eventType": "click"}, {"eventType": "Click"}]}},
        {"trainingDataConfig": {"excludedDatasetColumns": {"Shops": ["NAME"]}}},
        {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["ITEM_ID"]}}},
        {"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["COLOUR"]}}},
        {"trainingDataConfig": {"includedDatasetColumns": {"ITEMS": ["COLOUR"]}}},
        {"trainingDataConfig": {"includedDatasetColumns": {"ACTIONS": ["TYPE"]}}},
    ],
)
async def test_a_configuration_that_makes_no_sense_is_refused(api: Api, config: Params) -> None:
    """And no solution is there."""
    code = await api.code("CreateSolution", **await asked(api, solutionConfig=config))
    assert code == "InvalidInputException"
    assert (await api.call("ListSolutions"))["solutions"] == []


@pytest.mark.parametrize("recipe", ["hrnn", "user-personalization", "similar-items"])
async def test_a_recipe_that_there_is_not_is_not_found(api: Api, recipe: str) -> None:
    """Nor one that is AWS's alone."""
    arn = f"arn:aws:personalize:::recipe/aws-{recipe}"
    assert await api.code("CreateSolution", **await asked(api, arn)) == "ResourceNotFoundException"


async def test_a_solution_needs_interactions() -> None:
    """Items alone are not enough, whether there is a dataset or data."""
    async with opened(FakeS3(objects()), schemas={"Items": SCHEMAS["Items"]}) as api:
        assert await api.code("CreateSolution", **await asked(api)) == "InvalidInputException"
    group_only = Api(FakeS3())
    group, _ = await group_only.dataset()
    request = {"name": "s", "datasetGroupArn": group, "recipeArn": RECIPE}
    solution = await group_only.made("Solution", **request)
    assert await group_only.code("CreateSolutionVersion", solutionArn=solution) == "InvalidInputException"
    await group_only.close()


@pytest.mark.parametrize(
    ("all_columns", "few_columns"),
    [
        ({}, {"excludedDatasetColumns": {"Items": ["CATEGORY", "TEXT"]}}),
        (
            {"includedDatasetColumns": {"ITEMS": ["CATEGORY", "TEXT"]}},
            {"includedDatasetColumns": {"ITEMS": []}},
        ),
    ],
)
async def test_a_column_that_is_left_out_is_not_learned_from(
    all_columns: Params, few_columns: Params
) -> None:
    """Without kinds and words, an item that nobody has bought is like no other."""
    s3 = FakeS3(objects())
    s3.objects["items.csv"] += b"\nnew,kind1,thing,wool scarf warm number 1,true"
    async with opened(s3) as api:
        tracking_id, found = await tracker(api), []
        for name, columns in (("with", all_columns), ("without", few_columns)):
            request = {**await asked(api, solutionConfig={"trainingDataConfig": columns}), "name": name}
            version = await api.made("SolutionVersion", solutionArn=await api.made("Solution", **request))
            live = await api.made("Campaign", name=name, solutionVersionArn=version)
            await api.call(
                "PutEvents", trackingId=tracking_id, sessionId="s", userId=name, eventList=[event("new")]
            )
            answer = await api.call("GetRecommendations", campaignArn=live, userId=name, numResults=6)
            found.append([int(item[1:]) % 3 for item in items_of(answer) if item != "new"])
    assert set(found[0]) == {1}
    assert set(found[1]) != {1}
