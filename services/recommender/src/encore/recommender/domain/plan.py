"""The resources that a run needs in Personalize, step by step.

All names are deterministic, so anything created before a crash is found again. The dataset group, its
datasets and its event tracker are shared by all runs; imports, solution, solution version and batch job
belong to one run: AWS deletes a version only with its solution. A run may ask an earlier one's version.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from encore.recommender.domain import personalize_keys
from encore.recommender.domain.engines import EVENTS_CONFIG, Engine
from encore.recommender.domain.filters import filters_of
from encore.recommender.domain.import_steps import mode_of, puts_events
from encore.recommender.domain.imports import Mode
from encore.recommender.domain.prepared import asks_for_rankings
from encore.recommender.domain.related import NUM_RESULTS
from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.recommender.domain.schemas import DATASETS, DIGEST_CHARS, FILTERED, DatasetSchema
from encore.recommender.domain.side_models import RELATED, SideModel, asked
from encore.runtime.runs.run import Run
from encore.runtime.tags import RUN

REMADE = "remade"
"""The member of a run's step state that counts how often something was made again."""
MAX_NAME_CHARS = 63
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9\-_]*")
_FOLDERS = {
    ("Interactions", Mode.FULL): personalize_keys.INTERACTIONS,
    ("Interactions", Mode.INCREMENTAL): personalize_keys.NEW_INTERACTIONS,
    ("Items", Mode.FULL): personalize_keys.ITEMS,
    ("Users", Mode.FULL): personalize_keys.USERS,
    ("Users", Mode.INCREMENTAL): personalize_keys.NEW_USERS,
}
EVENT_TRACKER = "event_tracker"
"""Where a run's step state has the ARN of the dataset group's event tracker: AWS allows one."""


class Step(StrEnum):
    """What a run is waiting for, in order."""

    SET_UP = "set-up"
    DATASETS = "datasets"
    IMPORT = "import"
    SIDE_SOLUTION = "side-solution"
    SIDE_TRAIN = "side-train"
    SOLUTION = "solution"
    TRAIN = "train"
    FILTER = "filter"
    INFER = "infer"
    SELECT = "select"

    @property
    def following(self) -> "Step":
        """The step after this one; `SELECT` is the last."""
        steps = list(Step)
        return steps[min(steps.index(self) + 1, len(steps) - 1)]

    def is_past(self, step: "Step") -> bool:
        """True when `step` is complete."""
        steps = list(Step)
        return steps.index(self) > steps.index(step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Lists the resources that a run needs at each step."""

    dataset_group: str
    role_arn: str
    bucket: str
    num_results: int
    engine: Engine = field(default_factory=Engine)
    """That of runs which begin now."""
    campaign_tps: int = 1
    """The throughput that a campaign has at least, in requests per second: AWS bills it while it exists."""
    promote_new_percent: int = 0
    """The share of new products in what a campaign answers, at least; 0 promotes none."""
    kms_key_arn: str | None = None
    """The key that encrypts the dataset group, given with `role_arn`; None for a key of AWS's own."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of everything that can have some; schemas cannot."""

    def wanted(self, step: Step, run: Run) -> list[ResourceSpec]:
        """Return what must exist and be active before the run leaves `step`."""
        makers = {
            Step.SET_UP: self._set_up,
            Step.DATASETS: self._datasets,
            Step.IMPORT: self._imports,
            Step.SIDE_SOLUTION: self._side_solutions,
            Step.SIDE_TRAIN: self._side_versions,
            Step.SOLUTION: self._solution,
            Step.TRAIN: self._version,
            Step.FILTER: self._before_inference,
            Step.INFER: self._inference,
        }
        return makers[step](run)

    def _set_up(self, _: Run) -> list[ResourceSpec]:
        key = {"roleArn": self.role_arn, "kmsKeyArn": self.kms_key_arn} if self.kms_key_arn else {}
        request = {**key, **self._tagged()}
        group = ResourceSpec("dataset_group", Kind.DATASET_GROUP, self.dataset_group, request)
        schemas = [
            ResourceSpec(
                f"schema_{_low(schema)}",
                Kind.SCHEMA,
                self.schema_name(schema),
                {"schema": schema.avro},
            )
            for schema in DATASETS
        ]
        return [group, *schemas]

    def _datasets(self, run: Run) -> list[ResourceSpec]:
        return [
            ResourceSpec(
                f"dataset_{_low(schema)}",
                Kind.DATASET,
                f"{self.dataset_group}-{_low(schema)}",
                {
                    "datasetGroupArn": run.step["dataset_group"],
                    "datasetType": schema.kind,
                    "schemaArn": run.step[f"schema_{_low(schema)}"],
                    **self._tagged(),
                },
            )
            for schema in DATASETS
        ]

    def _imports(self, run: Run) -> list[ResourceSpec]:
        """Return the jobs that import what is not put record by record, and what the events need."""
        modes = [(schema, mode_of(run.step, _low(schema))) for schema in DATASETS]
        jobs = [self._import(run, schema, mode) for schema, mode in modes if mode.is_job]
        return [*jobs, self.event_tracker(run)] if puts_events(run.step) else jobs

    def _import(self, run: Run, schema: DatasetSchema, mode: Mode) -> ResourceSpec:
        return ResourceSpec(
            f"import_{_low(schema)}",
            Kind.IMPORT_JOB,
            resource_name(run.run_id, f"{_low(schema)}{_again(run)}"),
            {
                "datasetArn": run.step[f"dataset_{_low(schema)}"],
                "dataSource": {"dataLocation": self._location(run, _FOLDERS[schema.kind, mode])},
                "roleArn": self.role_arn,
                "importMode": mode.name,
                **self._tagged(run),
            },
        )

    def event_tracker(self, run: Run) -> ResourceSpec:
        """Return the dataset group's event tracker, through which single interactions are put."""
        request = {"datasetGroupArn": run.step["dataset_group"], **self._tagged()}
        return ResourceSpec(EVENT_TRACKER, Kind.EVENT_TRACKER, self.dataset_group, request)

    def _side_solutions(self, run: Run) -> list[ResourceSpec]:
        """Return the solutions of the side models that are trained: one used again needs none."""
        group = run.step["dataset_group"]
        return [
            ResourceSpec(
                side.solution,
                Kind.SOLUTION,
                self._side_name(side, run),
                {"datasetGroupArn": group, **side_settings(side, run), **self._tagged(run)},
            )
            for side in asked(run.step)
            if side.is_trained(run.step)
        ]

    def _side_versions(self, run: Run, *, is_awaited: bool = False) -> list[ResourceSpec]:
        """Return their versions, which are trained while that of the ranking is."""
        return [
            ResourceSpec(
                side.version,
                Kind.SOLUTION_VERSION,
                resource_name(run.run_id, side.name),
                {"solutionArn": run.step.get(side.solution), "trainingMode": "FULL", **self._tagged(run)},
                is_awaited,
            )
            for side in asked(run.step)
            if side.is_trained(run.step)
        ]

    def _side_jobs(self, run: Run) -> list[ResourceSpec]:
        return [
            ResourceSpec(
                side.job,
                Kind.BATCH_JOB,
                resource_name(run.run_id, f"{side.name}{_again(run)}"),
                {
                    "solutionVersionArn": run.step[side.version],
                    **({"numResults": NUM_RESULTS} if side is RELATED else {}),
                    "jobInput": {"s3DataSource": {"path": self._location(run, side.input)}},
                    "jobOutput": {"s3DataDestination": {"path": self._location(run, side.output)}},
                    "roleArn": self.role_arn,
                    **self._tagged(run),
                },
            )
            for side in asked(run.step)
        ]

    def _side_name(self, side: SideModel, run: Run) -> str:
        """Name a solution so that `leftovers` knows it again, however long the names are."""
        name = f"{self.dataset_group}-{side.name}-{run.run_id}"
        is_fit = len(name) <= MAX_NAME_CHARS and _NAME.fullmatch(name)
        return name if is_fit else f"{self.dataset_group}-{side.name}-{_digest(run.run_id)}"

    def _solution(self, run: Run) -> list[ResourceSpec]:
        name = resource_name(f"{self.dataset_group}-{run.run_id}")
        settings = _solution_settings(Engine.of_run(run.step))
        request = {"datasetGroupArn": run.step["dataset_group"], **settings, **self._tagged(run)}
        return [ResourceSpec("solution", Kind.SOLUTION, name, request)]

    def _version(self, run: Run) -> list[ResourceSpec]:
        request = {"solutionArn": run.step["solution"], "trainingMode": "FULL", **self._tagged(run)}
        return [ResourceSpec("solution_version", Kind.SOLUTION_VERSION, resource_name(run.run_id), request)]

    def _filters(self, run: Run) -> list[ResourceSpec]:
        group = run.step["dataset_group"]
        return [
            ResourceSpec(
                each.key,
                Kind.FILTER,
                each.name(self.dataset_group),
                {"datasetGroupArn": group, "filterExpression": each.expression, **self._tagged()},
            )
            for each in filters_of(Engine.of_run(run.step), promotes=self.promote_new_percent > 0)
        ]

    def _before_inference(self, run: Run) -> list[ResourceSpec]:
        return [*self._filters(run), *self._side_versions(run, is_awaited=True)]

    def _inference(self, run: Run) -> list[ResourceSpec]:
        return [*self._ranking(run), *self._side_jobs(run)]

    def _ranking(self, run: Run) -> list[ResourceSpec]:
        if not asks_for_rankings(run.step):  # a side model alone is asked
            return []
        return self._campaign(run) if Engine.of_run(run.step).asks_campaign else self._batch_job(run)

    def _campaign(self, run: Run) -> list[ResourceSpec]:
        """One campaign for all runs of the group, updated to the version of the run whose turn it is."""
        request = {
            "solutionVersionArn": run.step["solution_version"],
            "minProvisionedTPS": self.campaign_tps,
            **self._tagged(),
        }
        return [ResourceSpec("campaign", Kind.CAMPAIGN, self.dataset_group, request)]

    def _batch_job(self, run: Run) -> list[ResourceSpec]:
        request = {
            "solutionVersionArn": run.step["solution_version"],
            "numResults": self.num_results,
            "jobInput": {"s3DataSource": {"path": self._location(run, personalize_keys.BATCH_INPUT)}},
            "jobOutput": {"s3DataDestination": {"path": self._location(run, personalize_keys.BATCH_OUTPUT)}},
            "roleArn": self.role_arn,
            "filterArn": run.step["filter"],
            **self._tagged(run),
        }
        name = resource_name(f"{run.run_id}{_again(run)}")
        return [ResourceSpec("batch_job", Kind.BATCH_JOB, name, request)]

    def trains_with(self, run: Run) -> str:
        """A digest of what decides a run's version besides the data: recipe, weights and columns."""
        settings = _solution_settings(Engine.of_run(run.step))
        return _digest(json.dumps([settings, [schema.digest for schema in DATASETS]]))

    def side_trains_with(self, side: SideModel, run: Run) -> str:
        """The same of a side model."""
        return _digest(json.dumps([side_settings(side, run), [schema.digest for schema in DATASETS]]))

    def schema_name(self, schema: DatasetSchema) -> str:
        """The name of a schema; AWS never changes one, so other content has another name."""
        return f"{self.dataset_group}-{_low(schema)}-{schema.digest}"

    def _tagged(self, run: Run | None = None) -> Mapping[str, Any]:
        tags = {**self.tags, RUN: run.run_id} if run else self.tags
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]} if tags else {}

    def _location(self, run: Run, name: str) -> str:
        return f"s3://{self.bucket}/{personalize_keys.folder(run.run_id, name)}"


def resource_name(run_id: str, suffix: str = "") -> str:
    """Name a resource of one run; a run id that Personalize does not accept is replaced by its digest."""
    name = f"{run_id}-{suffix}" if suffix else run_id
    if len(name) <= MAX_NAME_CHARS and _NAME.fullmatch(name):
        return name
    return f"run-{_digest(run_id)}-{suffix}" if suffix else f"run-{_digest(run_id)}"


def side_settings(side: SideModel, run: Run) -> dict[str, Any]:
    """Return what decides how a side model is trained."""
    return _settings(side.recipe_arn(run.step), EVENTS_CONFIG if side.weighs_events else {})


def _solution_settings(engine: Engine) -> dict[str, Any]:
    return _settings(engine.recipe_arn, engine.events_config)


def _settings(recipe_arn: str, events_config: Mapping[str, Any]) -> dict[str, Any]:
    columns = {kind: list(names) for kind, names in FILTERED.items()}
    config = {**events_config, "trainingDataConfig": {"excludedDatasetColumns": columns}}
    return {"recipeArn": recipe_arn, "performAutoTraining": False, "solutionConfig": config}


def _again(run: Run) -> str:
    """The end of a job's name: AWS keeps the names of jobs, even when what they were for is gone."""
    remade = int(run.step.get(REMADE) or 0)
    return f"-{remade + 1}" if remade else ""


def _low(schema: DatasetSchema) -> str:
    return schema.kind.lower()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:DIGEST_CHARS]
