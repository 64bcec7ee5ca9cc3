"""The resources that a run needs in Personalize, step by step.

All names are deterministic, so anything created before a crash is found again, and short enough: a run's has
20 characters, a group's at most 39. The dataset group, its datasets, filter, campaign and event tracker are
shared by all runs; imports, solution, solution version and batch job belong to one run: AWS deletes a version
only with its solution.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from fondly.contracts import object_keys
from fondly.recommender.adapters.personalize.kinds import Kind
from fondly.recommender.domain.history.preferences import EventType
from fondly.recommender.domain.personalize import datasets, personalize_keys
from fondly.recommender.domain.personalize.rankings import digest
from fondly.recommender.domain.run_state import Phase, RecommenderState
from fondly.runtime.runs.run import Run
from fondly.runtime.tags import RUN

RECIPE = "aws-user-personalization-v2"
EVENT_WEIGHTS: Mapping[EventType, float] = {
    EventType.LIKED: 1.0,
    EventType.PURCHASED: 0.8,
    EventType.REVIEWED: 0.6,
    EventType.CLICKED: 0.3,
    EventType.VIEWED: 0.2,
    EventType.DISLIKED: 0.1,
}
"""What somebody looked at says less than what they bought, and more than what they regret. An order of which
nothing more is known says more than a lukewarm review; a dislike still shows what the customer shops for."""
SOLUTION: Mapping[str, Any] = {
    "recipeArn": f"arn:aws:personalize:::recipe/{RECIPE}",
    "performAutoTraining": False,
    "solutionConfig": {
        "eventsConfig": {
            "eventParametersList": [
                {"eventType": kind.value, "weight": weight} for kind, weight in EVENT_WEIGHTS.items()
            ]
        },
        "trainingDataConfig": {
            "excludedDatasetColumns": {kind: list(of) for kind, of in datasets.FILTERED.items()}
        },
    },
}
"""What a solution is created with, besides its name and dataset group.
Source: Amazon Personalize developer guide, "Optimizing a solution with events configuration"."""
POSSESSIONS = (EventType.LIKED, EventType.PURCHASED, EventType.REVIEWED, EventType.DISLIKED)
"""The kinds of interaction with what somebody has: what they clicked on or looked at may be offered."""
_KINDS = ", ".join(f'"{kind.value}"' for kind in POSSESSIONS)
OFFERED = (
    f"EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ({_KINDS})"
    f' | EXCLUDE ItemID WHERE Items.AVAILABILITY IN ("{datasets.SOLD_OUT}")'
)
"""The filter of rankings: neither what the customer has nor what is sold out is offered.

Personalize looks at the newest 100 interactions of each kind of event. Source: Amazon Personalize developer
guide, "Filter expressions".
"""


@dataclass(frozen=True, slots=True)
class ResourceSpec:
    """A resource that must exist: `key` names it in a run's state; `request` is what it is created with."""

    key: str
    kind: Kind
    name: str
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Lists the resources that a run needs in each phase."""

    dataset_group: str
    role_arn: str
    bucket: str
    num_results: int
    campaign_tps: int = 1
    """A campaign's least throughput, in requests per second: AWS bills it while the campaign exists."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of every resource but schemas, which cannot have any."""

    def wanted(self, phase: Phase, run: Run) -> list[ResourceSpec]:
        """Return what must exist and be active before the run leaves a phase of its training."""
        makers = {
            Phase.SET_UP: lambda _: self.set_up(),
            Phase.DATASETS: self._datasets,
            Phase.IMPORT: self._imports,
            Phase.SOLUTION: self._solution,
            Phase.TRAIN: self._version,
            Phase.INFER: self._batch_job,
        }
        return makers[phase](run)

    @property
    def digest(self) -> str:
        """A digest of what decides every ranking besides the data: weights, columns, length and filter."""
        columns = [schema.digest for schema in datasets.DATASETS]
        return digest(self.dataset_group, self.num_results, SOLUTION, columns, OFFERED)

    def campaign(self, version_arn: str) -> ResourceSpec:
        """Return the group's campaign, which ranks by a version while customers wait."""
        request = {"solutionVersionArn": version_arn, "minProvisionedTPS": self.campaign_tps}
        return self._spec("campaign", Kind.CAMPAIGN, self.dataset_group, request)

    def event_tracker(self, group_arn: str) -> ResourceSpec:
        """Return the group's event tracker, through which a campaign learns of what customers do."""
        request = {"datasetGroupArn": group_arn}
        return self._spec("event_tracker", Kind.EVENT_TRACKER, self.dataset_group, request)

    def set_up(self) -> list[ResourceSpec]:
        """Return what every run needs first, and what is free: the dataset group and the schemas."""
        group = self._spec("dataset_group", Kind.DATASET_GROUP, self.dataset_group, {})
        made = (
            ResourceSpec(
                f"schema_{_low(schema)}",
                Kind.SCHEMA,
                f"{self.dataset_group}-{_low(schema)}-{schema.digest}",  # AWS never changes a schema
                {"schema": schema.avro},
            )
            for schema in datasets.DATASETS
        )
        return [group, *made]

    def _datasets(self, run: Run) -> list[ResourceSpec]:
        return [
            self._spec(
                f"dataset_{_low(schema)}",
                Kind.DATASET,
                f"{self.dataset_group}-{_low(schema)}",
                {
                    "datasetGroupArn": _made(run, "dataset_group"),
                    "datasetType": schema.kind,
                    "schemaArn": _made(run, f"schema_{_low(schema)}"),
                },
            )
            for schema in datasets.DATASETS
        ]

    def _imports(self, run: Run) -> list[ResourceSpec]:
        return [
            self._spec(
                f"import_{_low(schema)}",
                Kind.IMPORT_JOB,
                f"{run.run_id}-{_low(schema)}{_again(run)}",
                {
                    "datasetArn": _made(run, f"dataset_{_low(schema)}"),
                    "dataSource": {"dataLocation": self._location(run, f"{_low(schema)}/")},
                    "roleArn": self.role_arn,
                    "importMode": "FULL",
                },
                run,
            )
            for schema in datasets.DATASETS
        ]

    def _solution(self, run: Run) -> list[ResourceSpec]:
        """Return the solution, and the filter: both need the datasets alone."""
        group = {"datasetGroupArn": _made(run, "dataset_group")}
        name = f"{self.dataset_group}-{run.run_id}"
        expression = {**group, "filterExpression": OFFERED}
        return [
            self._spec("solution", Kind.SOLUTION, name, {**group, **SOLUTION}, run),
            self._spec("filter", Kind.FILTER, filter_name(self.dataset_group), expression),
        ]

    def _version(self, run: Run) -> list[ResourceSpec]:
        request = {"solutionArn": _made(run, "solution"), "trainingMode": "FULL"}
        return [self._spec("solution_version", Kind.SOLUTION_VERSION, run.run_id, request, run)]

    def _batch_job(self, run: Run) -> list[ResourceSpec]:
        request = {
            "solutionVersionArn": _made(run, "solution_version"),
            "numResults": self.num_results,
            "jobInput": {"s3DataSource": {"path": self._location(run, personalize_keys.BATCH_INPUT)}},
            "jobOutput": {"s3DataDestination": {"path": self._location(run, personalize_keys.BATCH_OUTPUT)}},
            "roleArn": self.role_arn,
            "filterArn": _made(run, "filter"),
        }
        return [self._spec("batch_job", Kind.BATCH_JOB, f"{run.run_id}{_again(run)}", request, run)]

    def _spec(
        self, key: str, kind: Kind, name: str, request: Mapping[str, Any], run: Run | None = None
    ) -> ResourceSpec:
        """Return a resource with its tags, and the run's tag if it belongs to a run."""
        tags = {**self.tags, RUN: run.run_id} if run else self.tags
        listed = [{"tagKey": key, "tagValue": value} for key, value in tags.items()]
        return ResourceSpec(key, kind, name, {**request, "tags": listed} if listed else request)

    def _location(self, run: Run, folder: str) -> str:
        return f"s3://{self.bucket}/{object_keys.personalize(run.run_id, folder)}"


def _made(run: Run, key: str) -> str:
    return RecommenderState.of(run).resources[key]


def _again(run: Run) -> str:
    """The end of a job's name: AWS keeps the names of jobs, even when what they were for is gone."""
    remade = RecommenderState.of(run).remade
    return f"-{remade + 1}" if remade else ""


def _low(schema: datasets.DatasetSchema) -> str:
    return schema.kind.lower()


def filter_name(dataset_group: str) -> str:
    """Name the filter by its expression, which cannot be changed: each is created once for a group."""
    return f"{dataset_group}-offered-{sha256(OFFERED.encode()).hexdigest()[: datasets.DIGEST_CHARS]}"
