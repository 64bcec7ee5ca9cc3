"""The recipes that can be trained here."""

from datetime import UTC, datetime

from understudy.personalize.arns import RECIPE_PREFIX
from understudy.personalize.errors import not_found
from understudy.personalize.pages import page
from understudy.wire.service import Handler, Params

USER_PERSONALIZATION_V2 = RECIPE_PREFIX + "aws-user-personalization-v2"
USER_PERSONALIZATION = RECIPE_PREFIX + "aws-user-personalization"
_SINCE = datetime(2024, 5, 1, tzinfo=UTC)


def _recipe(arn: str) -> Params:
    name = arn.removeprefix(RECIPE_PREFIX)
    return {
        "name": name,
        "recipeArn": arn,
        "algorithmArn": f"arn:aws:personalize:::algorithm/{name}",
        "featureTransformationArn": f"arn:aws:personalize:::feature-transformation/{name}",
        "status": "ACTIVE",
        "description": "Personal recommendations from co-occurrence, content and popularity.",
        "creationDateTime": _SINCE,
        "lastUpdatedDateTime": _SINCE,
        "recipeType": "USER_PERSONALIZATION",
    }


RECIPES = {arn: _recipe(arn) for arn in (USER_PERSONALIZATION_V2, USER_PERSONALIZATION)}
_SUMMARY = ("name", "recipeArn", "status", "creationDateTime", "lastUpdatedDateTime")


def require_recipe(arn: str) -> None:
    """Raise ResourceNotFoundException unless `arn` is a recipe that can be trained."""
    if arn not in RECIPES:
        raise not_found(arn)


async def describe_recipe(params: Params) -> Params:
    """Answer DescribeRecipe."""
    require_recipe(params["recipeArn"])
    return {"recipe": RECIPES[params["recipeArn"]]}


async def list_recipes(params: Params) -> Params:
    """Answer ListRecipes; no recipe here belongs to a domain."""
    summaries = [{key: recipe[key] for key in _SUMMARY} for recipe in RECIPES.values()]
    found, token = page(
        [] if "domain" in params else summaries,
        token=params.get("nextToken"),
        max_results=params.get("maxResults"),
    )
    return {"recipes": found} if token is None else {"recipes": found, "nextToken": token}


OPERATIONS: dict[str, Handler] = {"DescribeRecipe": describe_recipe, "ListRecipes": list_recipes}
