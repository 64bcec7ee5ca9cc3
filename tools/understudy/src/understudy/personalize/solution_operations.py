"""Solutions: what is to be trained on a dataset group, and how."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from understudy.personalize import recipes
from understudy.personalize.arns import Arns
from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import in_use, invalid_input
from understudy.personalize.event_rules import EventRules
from understudy.personalize.kinds import DATASET_GROUP, SOLUTION, SOLUTION_VERSION, UNFINISHED, Status
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.training_columns import check_columns
from understudy.wire.service import Handler, Params

_DEFAULTS = {
    "performAutoML": False,
    "performAutoTraining": True,
    "performHPO": False,
    "performIncrementalUpdate": False,
}
_MOST_DAYS = 30
_UPDATED = ("performAutoTraining", "performIncrementalUpdate")


@dataclass(frozen=True, slots=True, kw_only=True)
class SolutionOperations:
    """Creates and updates solutions."""

    arns: Arns
    registry: Registry
    data: DataOperations

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations that create and change solutions."""
        return {"CreateSolution": self.create_solution, "UpdateSolution": self.update_solution}

    async def create_solution(self, params: Params) -> Params:
        """Answer CreateSolution; its versions are trained on demand, and automatically unless that is off."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        _check_solution(params)
        datasets = self.data.datasets(group.arn)
        if only_of("INTERACTIONS", datasets) is None:
            raise invalid_input("The dataset group has no Interactions dataset.")
        check_columns(params, (self.data.schema(each) for each in datasets))
        arn = self.arns.named("solution", params["name"])
        self.registry.create(SOLUTION, arn, {**_DEFAULTS, **params}, links=(group.arn,))
        return {"solutionArn": arn}

    async def update_solution(self, params: Params) -> Params:
        """Answer UpdateSolution: events, automatic and incremental training, for versions to come."""
        solution = self.registry.get_active(SOLUTION, params["solutionArn"])
        if _update_status(solution) in UNFINISHED:
            raise in_use(solution.arn, "an update is in progress")
        config = params.get("solutionUpdateConfig", {})
        _check_config(config)
        wanted = {key: params[key] for key in _UPDATED if key in params}
        if not wanted and not config:
            raise invalid_input("The update changes nothing.")
        now = datetime.now(UTC)
        solution.detail["latestSolutionUpdate"] = {
            **wanted,
            "solutionUpdateConfig": config,
            "status": Status.CREATE_PENDING,
            "creationDateTime": now,
            "lastUpdatedDateTime": now,
        }
        self.registry.changed(solution)
        self.registry.start(solution, self._update(solution))
        return {"solutionArn": solution.arn}

    def resume_updates(self) -> None:
        """Go on with the updates that were under way when the process was killed."""
        for solution in self.registry.find(SOLUTION):
            if _update_status(solution) in UNFINISHED:
                self.registry.start(solution, self._update(solution))

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

    async def _update(self, solution: Resource) -> None:
        update = solution.detail["latestSolutionUpdate"]
        for status in (Status.CREATE_IN_PROGRESS, Status.ACTIVE):
            await self.registry.pause()
            if status is Status.ACTIVE:
                solution.detail.update({key: update[key] for key in _UPDATED if key in update})
                config = solution.detail.get("solutionConfig", {})
                solution.detail["solutionConfig"] = {**config, **update["solutionUpdateConfig"]}
            update["status"], update["lastUpdatedDateTime"] = status, datetime.now(UTC)
            self.registry.changed(solution)


def _update_status(solution: Resource) -> str | None:
    update: Params = solution.detail.get("latestSolutionUpdate", {})
    return update.get("status")


def _check_solution(params: Params) -> None:
    if params.get("performAutoML"):
        raise invalid_input("performAutoML is not supported: name a recipeArn.")
    if "recipeArn" not in params:
        raise invalid_input("recipeArn is required.")
    recipes.require_recipe(params["recipeArn"])
    try:
        EventRules.of(params)
    except ValueError as error:
        raise invalid_input(f"eventValueThreshold is not a number: {error}.") from error
    _check_config(params.get("solutionConfig", {}))


def _check_config(config: Params) -> None:
    """Require a schedule of 1 to 30 days, and no event type twice."""
    schedule = config.get("autoTrainingConfig", {}).get("schedulingExpression")
    if schedule is not None and not 1 <= int(schedule.removeprefix("rate(").split()[0]) <= _MOST_DAYS:
        raise invalid_input(f"schedulingExpression must be of 1 to {_MOST_DAYS} days.")
    entries = config.get("eventsConfig", {}).get("eventParametersList", [])
    types = [entry["eventType"].lower() for entry in entries if "eventType" in entry]
    if len(types) != len(set(types)):
        raise invalid_input("eventParametersList names an event type twice.")
