"""Solutions, their versions, and the campaigns that serve them."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from understudy.personalize.arns import Arns
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.errors import in_use, invalid_input
from understudy.personalize.event_rules import EventRules
from understudy.personalize.kinds import DATASET, DATASET_GROUP, SOLUTION, SOLUTION_VERSION, Status
from understudy.personalize.plan import DatasetSnapshot, TrainingPlan
from understudy.personalize.recipes import USER_PERSONALIZATION, require_recipe
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.personalize.trained import TrainedModel
from understudy.personalize.training import train
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

_DATASET_NAMES = {"INTERACTIONS": "Interactions", "ITEMS": "Items", "USERS": "Users"}
_SECONDS_PER_HOUR = 3_600
_SOLUTION_DEFAULTS = {
    "performAutoML": False,
    "performAutoTraining": True,
    "performHPO": False,
    "performIncrementalUpdate": False,
}
_VERSION_INHERITS = (
    "performHPO",
    "performAutoML",
    "performIncrementalUpdate",
    "recipeArn",
    "eventType",
    "datasetGroupArn",
    "solutionConfig",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOperations:
    """Creates solutions and trains their versions."""

    arns: Arns
    registry: Registry
    workers: Workers
    data: DataOperations
    _models: WeakKeyDictionary[Resource, TrainedModel] = field(default_factory=WeakKeyDictionary)
    _plans: WeakKeyDictionary[Resource, TrainingPlan] = field(default_factory=WeakKeyDictionary)
    _training_again: asyncio.Lock = field(default_factory=asyncio.Lock)

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations of this part of the service other than Describe, List and Delete."""
        return {
            "CreateSolution": self.create_solution,
            "CreateSolutionVersion": self.create_solution_version,
            "StopSolutionVersionCreation": self.stop_solution_version_creation,
            "GetSolutionMetrics": self.get_solution_metrics,
        }

    async def create_solution(self, params: Params) -> Params:
        """Answer CreateSolution. Versions are trained only on demand, even if automatic training is on."""
        group = self.registry.get_active(DATASET_GROUP, params["datasetGroupArn"])
        _check_solution(params)
        if not any(_is_interactions(each) for each in self._datasets(group.arn)):
            raise invalid_input("The dataset group has no Interactions dataset.")
        arn = self.arns.named("solution", params["name"])
        detail = {**_SOLUTION_DEFAULTS, **params}
        self.registry.create(SOLUTION, arn, detail, links=(group.arn,))
        return {"solutionArn": arn}

    async def create_solution_version(self, params: Params) -> Params:
        """Answer CreateSolutionVersion; each call trains a new version on the data imported so far."""
        solution = self.registry.get_active(SOLUTION, params["solutionArn"])
        mode = params.get("trainingMode", "FULL")
        self._check_mode(solution, mode)
        plan = self._plan(solution, self.data.snapshots(solution.detail["datasetGroupArn"]))
        arn = self.arns.solution_version(solution.arn)
        detail = {
            **{key: solution.detail[key] for key in _VERSION_INHERITS if key in solution.detail},
            **params,
            "trainingMode": mode,
            "trainingType": "MANUAL",
        }
        group_arn = solution.detail["datasetGroupArn"]
        datasets = [each.arn for each in self._datasets(group_arn)]
        links = (solution.arn, group_arn, *datasets)

        version = self.registry.create(
            SOLUTION_VERSION, arn, detail, links=links, work=lambda: self.train_version(version)
        )
        self._plans[version] = plan
        return {"solutionVersionArn": arn}

    async def stop_solution_version_creation(self, params: Params) -> Params:
        """Answer StopSolutionVersionCreation for a version that is pending or in progress."""
        version = self.registry.get(SOLUTION_VERSION, params["solutionVersionArn"])
        if version.status not in {Status.CREATE_PENDING, Status.CREATE_IN_PROGRESS}:
            raise in_use(version.arn, f"its status is {version.status}")
        self.registry.stop(version)
        return {}

    async def get_solution_metrics(self, params: Params) -> Params:
        """Answer GetSolutionMetrics with the metrics measured during training."""
        version = self.registry.get_active(SOLUTION_VERSION, params["solutionVersionArn"])
        return {"solutionVersionArn": version.arn, "metrics": dict((await self.model(version)).metrics)}

    async def train_version(self, version: Resource) -> None:
        """Train a version on what had been imported when it was created."""
        started = time.monotonic()
        self._models[version] = await self.workers.run(train, self._plans[version])
        version.detail["trainingHours"] = (time.monotonic() - started) / _SECONDS_PER_HOUR

    async def model(self, version: Resource) -> TrainedModel:
        """Return the model of an active solution version; after a restart, it is trained again first."""
        if version not in self._models:
            async with self._training_again:
                if version not in self._models:
                    self._models[version] = await self.workers.run(train, self._plans[version])
        return self._models[version]

    def trained_on(self, version: Resource) -> Mapping[str, DatasetSnapshot]:
        """Return the data that a version is trained on; nothing of one that is not known."""
        return self._plans[version].datasets if version in self._plans else {}

    def restore(self, version: Resource, datasets: Mapping[str, DatasetSnapshot]) -> None:
        """Know again what a version is trained on."""
        solution = self.registry.get(SOLUTION, version.detail["solutionArn"])
        self._plans[version] = self._plan(solution, datasets)

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

    def _datasets(self, group_arn: str) -> list[Resource]:
        return self.registry.find(DATASET, links=(group_arn,))

    def _check_mode(self, solution: Resource, mode: str) -> None:
        """Require FULL, or an UPDATE of a full training, which only the older recipe supports."""
        if mode == "FULL":
            return
        recipe = solution.detail["recipeArn"]
        if mode != "UPDATE" or recipe != USER_PERSONALIZATION:
            raise invalid_input(f"Training mode {mode} is not supported for {recipe}.")
        versions = self.registry.find(SOLUTION_VERSION, links=(solution.arn,))
        if not any(version.status is Status.ACTIVE for version in versions):
            raise invalid_input("Training mode UPDATE requires an active version trained with FULL.")

    def _plan(self, solution: Resource, datasets: Mapping[str, DatasetSnapshot]) -> TrainingPlan:
        if "Interactions" not in datasets:
            raise invalid_input("No interactions have been imported.")
        config = solution.detail.get("solutionConfig", {})
        excluded = config.get("excludedDatasetColumns", {})
        return TrainingPlan(
            datasets=datasets,
            events=EventRules.of(solution.detail),
            excluded={_DATASET_NAMES[key.upper()]: frozenset(excluded[key]) for key in excluded},
        )


def _is_interactions(dataset: Resource) -> bool:
    return bool(dataset.detail["datasetType"] == "INTERACTIONS")


def _check_solution(params: Params) -> None:
    if params.get("performAutoML") or "recipeArn" not in params:
        raise invalid_input("recipeArn is required; performAutoML is not supported.")
    require_recipe(params["recipeArn"])
    try:
        EventRules.of(params)
    except ValueError as error:
        raise invalid_input(f"eventValueThreshold is not a number: {error}.") from error
    excluded = params.get("solutionConfig", {}).get("excludedDatasetColumns", {})
    unknown = [name for name in excluded if name.upper() not in _DATASET_NAMES]
    if unknown:
        raise invalid_input(f"excludedDatasetColumns names unknown datasets: {unknown}.")
