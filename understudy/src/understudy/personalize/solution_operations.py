"""Solutions: what is to be trained on a dataset group, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from understudy.personalize import recipes
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import invalid_input, refuse
from understudy.personalize.event_rules import EventRules
from understudy.personalize.kinds import DATASET_GROUP, SOLUTION, SOLUTION_VERSION, Arns
from understudy.personalize.plan import check_columns
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.wire.service import Handler, Params

_BY_ITSELF = ("performAutoML", "performAutoTraining", "performIncrementalUpdate")
_DEFAULTS = {**dict.fromkeys(_BY_ITSELF, False), "performHPO": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionOperations:
    """Creates solutions."""

    arns: Arns
    registry: Registry
    data: DataOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operation that creates solutions."""
        return {"CreateSolution": self.create_solution}

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


def _check_solution(params: Params) -> None:
    refuse(params, *_BY_ITSELF)
    refuse(params.get("solutionConfig", {}), "autoTrainingConfig")
    if "recipeArn" not in params:
        raise invalid_input("recipeArn is required.")
    recipes.require_recipe(params["recipeArn"])
    try:
        EventRules.of(params)
    except ValueError as error:
        raise invalid_input(f"eventValueThreshold is not a number: {error}.") from error
    entries = params.get("solutionConfig", {}).get("eventsConfig", {}).get("eventParametersList", [])
    types = [entry["eventType"].lower() for entry in entries if "eventType" in entry]
    if len(types) != len(set(types)):
        raise invalid_input("eventParametersList names an event type twice.")
