"""Solutions: what is to be trained on a dataset group, and how; and the recipe for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import invalid_input, not_found, refuse
from understudy.personalize.event_rules import EventRules
from understudy.personalize.kinds import DATASET_GROUP, RECIPE_PREFIX, SOLUTION, SOLUTION_VERSION, Arns
from understudy.personalize.plan import check_columns
from understudy.personalize.readout import page
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
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


_BY_ITSELF = ("performAutoML", "performAutoTraining", "performIncrementalUpdate")
_DEFAULTS = {**dict.fromkeys(_BY_ITSELF, False), "performHPO": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionOperations:
    """Creates solutions, by the one recipe that there is."""

    arns: Arns
    registry: Registry
    data: DataOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations of recipes, and what creates solutions."""
        return {
            "CreateSolution": self.create_solution,
            "DescribeRecipe": self.describe_recipe,
            "ListRecipes": self.list_recipes,
        }

    async def describe_recipe(self, params: Params) -> Params:
        """Answer DescribeRecipe."""
        _require_recipe(params["recipeArn"])
        return {"recipe": _RECIPE}

    async def list_recipes(self, params: Params) -> Params:
        """Answer ListRecipes; no recipe here belongs to a domain."""
        summaries = [] if "domain" in params else [{key: _RECIPE[key] for key in _SUMMARY}]
        found, _ = page(summaries, params, of="Recipe")
        return {"recipes": found}

    async def create_solution(self, params: Params) -> Params:
        """Answer CreateSolution; its versions are trained on demand."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        _check_solution(params)
        datasets = self.data.datasets(group.arn)
        if only_of("INTERACTIONS", datasets) is None:
            raise invalid_input("The dataset group has no Interactions dataset.")
        check_columns(params, (self.data.schema(each) for each in datasets))
        arn = self.arns.named("solution", params["name"])
        self.registry.create(SOLUTION, arn, {**_DEFAULTS, **params}, links=(group.arn,))
        return {"solutionArn": arn}

    def latest_version(self, solution: Resource) -> Params:
        """Return the member of DescribeSolution that describes the latest version."""
        versions = self.registry.find(SOLUTION_VERSION, links=(solution.arn,))
        if not versions:
            return {}
        latest = versions[-1]
        summary: dict[str, Any] = {
            "solutionVersionArn": latest.arn,
            "status": latest.status,
            "trainingMode": latest.detail["trainingMode"],
            "trainingType": latest.detail["trainingType"],
            "creationDateTime": latest.created,
            "lastUpdatedDateTime": latest.updated,
        }
        if latest.failure_reason is not None:
            summary["failureReason"] = latest.failure_reason
        return {"latestSolutionVersion": summary}


def _require_recipe(arn: str) -> None:
    if arn != _RECIPE["recipeArn"]:
        raise not_found(arn)


def _check_solution(params: Params) -> None:
    refuse(params, *_BY_ITSELF)
    refuse(params.get("solutionConfig", {}), "autoTrainingConfig")
    if "recipeArn" not in params:
        raise invalid_input("recipeArn is required.")
    _require_recipe(params["recipeArn"])
    try:
        EventRules.of(params)
    except ValueError as error:
        raise invalid_input(f"eventValueThreshold is not a number: {error}.") from error
    entries = params.get("solutionConfig", {}).get("eventsConfig", {}).get("eventParametersList", [])
    types = [entry["eventType"].lower() for entry in entries if "eventType" in entry]
    if len(types) != len(set(types)):
        raise invalid_input("eventParametersList names an event type twice.")
