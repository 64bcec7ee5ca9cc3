"""The recipe that can be trained here."""

from datetime import UTC, datetime

from understudy.personalize.errors import not_found
from understudy.personalize.kinds import RECIPE_PREFIX
from understudy.personalize.readout import page
from understudy.wire.service import Handler, Params

_NAME = "aws-user-personalization-v2"
_SINCE = datetime(2024, 5, 1, tzinfo=UTC)
_RECIPE: Params = {
    "name": _NAME,
    "recipeArn": RECIPE_PREFIX + _NAME,
    "algorithmArn": f"arn:aws:personalize:::algorithm/{_NAME}",
    "featureTransformationArn": f"arn:aws:personalize:::feature-transformation/{_NAME}",
    "status": "ACTIVE",
    "description": "Personal recommendations from co-occurrence, content and popularity.",
    "creationDateTime": _SINCE,
    "lastUpdatedDateTime": _SINCE,
    "recipeType": "USER_PERSONALIZATION",
}
_SUMMARY = ("name", "recipeArn", "status", "creationDateTime", "lastUpdatedDateTime")


def require_recipe(arn: str) -> None:
    """Raise ResourceNotFoundException for a recipe that cannot be trained."""
    if arn != _RECIPE["recipeArn"]:
        raise not_found(arn)


async def describe_recipe(params: Params) -> Params:
    """Answer DescribeRecipe."""
    require_recipe(params["recipeArn"])
    return {"recipe": _RECIPE}


async def list_recipes(params: Params) -> Params:
    """Answer ListRecipes; no recipe here belongs to a domain."""
    summaries = [] if "domain" in params else [{key: _RECIPE[key] for key in _SUMMARY}]
    found, _ = page(summaries, params, of="Recipe")
    return {"recipes": found}


OPERATIONS: dict[str, Handler] = {"DescribeRecipe": describe_recipe, "ListRecipes": list_recipes}
