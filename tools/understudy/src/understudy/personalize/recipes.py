"""The recipes that can be trained here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from understudy.personalize.arns import RECIPE_PREFIX
from understudy.personalize.errors import not_found
from understudy.personalize.pages import page
from understudy.wire.service import Handler, Params

ALGORITHM_PREFIX = "arn:aws:personalize:::algorithm/"
TRANSFORMATION_PREFIX = "arn:aws:personalize:::feature-transformation/"
USER_PERSONALIZATION_V2 = RECIPE_PREFIX + "aws-user-personalization-v2"
USER_PERSONALIZATION = RECIPE_PREFIX + "aws-user-personalization"
PERSONALIZED_RANKING_V2 = RECIPE_PREFIX + "aws-personalized-ranking-v2"
PERSONALIZED_RANKING = RECIPE_PREFIX + "aws-personalized-ranking"

FOR_USERS, FOR_RANKING = "USER_PERSONALIZATION", "PERSONALIZED_RANKING"
_SINCE = datetime(2024, 5, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recipe is for, and how it is described."""

    arn: str
    type: str
    description: str

    @property
    def name(self) -> str:
        """The last part of its ARN."""
        return self.arn.removeprefix(RECIPE_PREFIX)

    def shown(self) -> Params:
        """Return what DescribeRecipe answers."""
        return {
            "name": self.name,
            "recipeArn": self.arn,
            "algorithmArn": ALGORITHM_PREFIX + self.name,
            "featureTransformationArn": TRANSFORMATION_PREFIX + self.name,
            "status": "ACTIVE",
            "description": self.description,
            "creationDateTime": _SINCE,
            "lastUpdatedDateTime": _SINCE,
            "recipeType": self.type,
        }


_PERSONAL = "Personal recommendations from co-occurrence, content and popularity."
_RANKING = "The order of given items for a user, from co-occurrence, content and popularity."
RECIPES: Mapping[str, Recipe] = {
    recipe.arn: recipe
    for recipe in (
        Recipe(USER_PERSONALIZATION_V2, FOR_USERS, _PERSONAL),
        Recipe(USER_PERSONALIZATION, FOR_USERS, _PERSONAL),
        Recipe(PERSONALIZED_RANKING_V2, FOR_RANKING, _RANKING),
        Recipe(PERSONALIZED_RANKING, FOR_RANKING, _RANKING),
    )
}
_SUMMARY = ("name", "recipeArn", "status", "creationDateTime", "lastUpdatedDateTime")


def require_recipe(arn: str) -> Recipe:
    """Return the recipe with this ARN; raise ResourceNotFoundException for one that cannot be trained."""
    if arn not in RECIPES:
        raise not_found(arn)
    return RECIPES[arn]


async def describe_recipe(params: Params) -> Params:
    """Answer DescribeRecipe."""
    return {"recipe": require_recipe(params["recipeArn"]).shown()}


async def describe_algorithm(params: Params) -> Params:
    """Answer DescribeAlgorithm."""
    arn = params["algorithmArn"]
    shown = _recipe_named(arn, ALGORITHM_PREFIX).shown()
    return {
        "algorithm": {
            "name": shown["name"],
            "algorithmArn": arn,
            "creationDateTime": _SINCE,
            "lastUpdatedDateTime": _SINCE,
        }
    }


async def describe_feature_transformation(params: Params) -> Params:
    """Answer DescribeFeatureTransformation."""
    arn = params["featureTransformationArn"]
    shown = _recipe_named(arn, TRANSFORMATION_PREFIX).shown()
    return {
        "featureTransformation": {
            "name": shown["name"],
            "featureTransformationArn": arn,
            "status": "ACTIVE",
            "creationDateTime": _SINCE,
            "lastUpdatedDateTime": _SINCE,
        }
    }


async def list_recipes(params: Params) -> Params:
    """Answer ListRecipes; no recipe here belongs to a domain."""
    summaries = [
        {key: shown[key] for key in _SUMMARY} for shown in (recipe.shown() for recipe in RECIPES.values())
    ]
    found, token = page([] if "domain" in params else summaries, params, of="Recipe")
    return {"recipes": found} if token is None else {"recipes": found, "nextToken": token}


def _recipe_named(arn: str, prefix: str) -> Recipe:
    recipe = RECIPES.get(RECIPE_PREFIX + arn.removeprefix(prefix))
    if recipe is None or not arn.startswith(prefix):
        raise not_found(arn)
    return recipe


OPERATIONS: dict[str, Handler] = {
    "DescribeRecipe": describe_recipe,
    "DescribeAlgorithm": describe_algorithm,
    "DescribeFeatureTransformation": describe_feature_transformation,
    "ListRecipes": list_recipes,
}
