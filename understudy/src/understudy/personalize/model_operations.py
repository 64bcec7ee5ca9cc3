"""Solution versions: they are trained, and answer from then on."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import structlog

from understudy.personalize.data_operations import DataOperations, only_of
from understudy.personalize.errors import in_use, invalid_input, require_value
from understudy.personalize.kinds import SOLUTION, SOLUTION_VERSION, Arns, Status
from understudy.personalize.model_shelf import ModelShelf
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.registry import Finish, Registry
from understudy.personalize.resource import Resource
from understudy.personalize.store import LearnedData
from understudy.personalize.tables import read_table
from understudy.personalize.trained import PersonalModel
from understudy.personalize.trainer import Trainer
from understudy.wire.service import Handler, Params
from understudy.workers import Workers

_log = structlog.get_logger(__name__)

STREAMED_UP_TO = "streamedUpTo"
"""The member of a version that says up to which event it is trained; no answer shows it."""
_MODE = "FULL"
_SECONDS_PER_HOUR = 3_600
_INHERITED = (
    "performHPO",
    "performAutoML",
    "performIncrementalUpdate",
    "recipeArn",
    "eventType",
    "datasetGroupArn",
    "solutionConfig",
)

Snapshots = Mapping[str, DatasetSnapshot]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOperations:
    """Trains solution versions."""

    arns: Arns
    registry: Registry
    workers: Workers
    data: DataOperations
    models: ModelShelf
    trainer: Trainer
    _waiting: WeakKeyDictionary[Resource, Snapshots] = field(default_factory=WeakKeyDictionary)

    def operations(self) -> Mapping[str, Handler]:
        """Return the operations of versions other than Describe and List."""
        return {
            "CreateSolutionVersion": self.create_solution_version,
            "StopSolutionVersionCreation": self.stop_solution_version_creation,
            "GetSolutionMetrics": self.get_solution_metrics,
        }

    async def create_solution_version(self, params: Params) -> Params:
        """Answer CreateSolutionVersion; each call trains a new version on the data known so far."""
        solution = self.registry.get_active(SOLUTION, params["solutionArn"])
        require_value(params, "trainingMode", _MODE)
        group_arn = solution.detail["datasetGroupArn"]
        datasets = self.data.datasets(group_arn)
        interactions = only_of("INTERACTIONS", datasets)
        store = self.registry.store
        up_to = 0 if interactions is None else store.last_streamed(interactions.arn)
        snapshots = await self._material(solution)
        self.registry.get_active(SOLUTION, solution.arn)  # it may have been deleted meanwhile
        detail = {
            **{key: solution.detail[key] for key in _INHERITED if key in solution.detail},
            **params,
            "trainingMode": _MODE,
            "trainingType": "MANUAL",
            STREAMED_UP_TO: up_to,
        }
        name = params.get("name")
        arn = self.arns.solution_version(solution.arn) if name is None else f"{solution.arn}/{name}"
        links = (solution.arn, group_arn, *(each.arn for each in datasets))
        with store.transaction():
            version = self.registry.create(
                SOLUTION_VERSION, arn, detail, links=links, work=self.train_version
            )
            store.put_training_data(
                arn, [LearnedData(key, each.schema, each.file) for key, each in snapshots.items()]
            )
        self._waiting[version] = snapshots
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

    async def train_version(self, version: Resource) -> Finish:
        """Train a version on what was known when it was created."""
        started = time.monotonic()
        datasets = self._waiting.pop(version, {}) or await self._stored(version)
        model = await self.trainer.trained(version.detail, datasets)
        keep = await self.models.added(version, model)
        hours = (time.monotonic() - started) / _SECONDS_PER_HOUR

        def finish() -> None:
            keep()
            version.detail["trainingHours"] = hours
            _log.info("personalize_version_trained", arn=version.arn)

        return finish

    async def model(self, version: Resource) -> PersonalModel:
        """Return the model of an active solution version."""
        return await self.models.model(version)

    async def forgetting(self, group_arn: str, users: Collection[str]) -> Mapping[Resource, Finish]:
        """Return what makes each trained version of a group forget users.

        Waits for those that are being trained: they have been given what was known of the users.
        """
        await self.registry.finished(each for each in self.versions(group_arn) if each.unfinished)
        trained = [each for each in self.versions(group_arn) if each.status is Status.ACTIVE]
        return {each: await self.models.forgetting(each, users) for each in trained}

    def versions(self, group_arn: str) -> list[Resource]:
        """Return the versions of a group that have been trained, or are being."""
        found = self.registry.find(SOLUTION_VERSION, links=(group_arn,))
        return [each for each in found if each.unfinished or each.status is Status.ACTIVE]

    async def _material(self, solution: Resource) -> Snapshots:
        """Return the data to train on, each with its file."""
        found = await self.data.snapshots(solution.detail["datasetGroupArn"])
        if "Interactions" not in found:
            raise invalid_input("No interactions have been imported.")
        return {name: each if each.file else await self._with_file(each) for name, each in found.items()}

    async def _with_file(self, snapshot: DatasetSnapshot) -> DatasetSnapshot:
        stored = await self.data.records.written(snapshot.table)
        return DatasetSnapshot(snapshot.schema, snapshot.table, stored.file)

    async def _stored(self, version: Resource) -> Snapshots:
        store, found = self.registry.store, {}
        for each in store.training_data(version.arn):
            path = store.path(each.file)
            if path is not None:
                table = await self.workers.run(read_table, path)
                found[each.name] = DatasetSnapshot(each.schema, table, each.file)
        return found
