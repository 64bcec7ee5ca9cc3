"""Assembles the parts of the service."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from understudy.disturbance import Disturbance, with_rate_limit
from understudy.personalize import kinds
from understudy.personalize.batch_operations import BatchOperations
from understudy.personalize.campaign_operations import CampaignOperations
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.dataset_records import DatasetRecords
from understudy.personalize.event_operations import EventOperations
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.job_operations import JobOperations
from understudy.personalize.kinds import Arns
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.model_shelf import ModelShelf
from understudy.personalize.readout import Readout
from understudy.personalize.registry import Registry
from understudy.personalize.runtime import Runtime
from understudy.personalize.solution_operations import SolutionOperations
from understudy.personalize.store import Store
from understudy.personalize.trainer import LARGE_ROWS, Trainer
from understudy.wire.service import Handler, Service
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.personalize.storage import S3ClientFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalizeOptions:
    """Where the state is, how long states last, and what is refused on demand."""

    state_delay_s: float = 0.0
    """How long each state of a resource lasts at least."""
    patience_s: float = 0.0
    """How long Describe waits at most for what is under way, where AWS is asked again and again."""
    state_dir: Path | None = None
    """A folder in which state outlives the process; without one it is in memory."""
    calls_per_s: float | None = None
    """The calls a second that each operation answers; others are throttled."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """How many resources of a kind there may be, where it differs from AWS: by noun, such as `Campaign`."""
    large_rows: int = LARGE_ROWS
    """From how many records on a version is trained in a process of its own."""
    disturbance: Disturbance = field(default_factory=Disturbance)
    """What befalls every call."""


FOLDER = "personalize"
"""The folder under the state's that Personalize has for itself."""
_PLAIN_KINDS = (
    kinds.SCHEMA,
    kinds.DATASET_GROUP,
    kinds.DATASET,
    kinds.DATASET_IMPORT_JOB,
    kinds.DATASET_EXPORT_JOB,
    kinds.DATA_DELETION_JOB,
    kinds.SOLUTION_VERSION,
    kinds.CAMPAIGN,
    kinds.FILTER,
    kinds.EVENT_TRACKER,
    kinds.BATCH_INFERENCE_JOB,
)


def create_services(
    options: PersonalizeOptions, *, region: str, account_id: str, s3: "S3ClientFactory"
) -> list[Service]:
    """Return `personalize`, `personalize-runtime` and `personalize-events`, which share their resources.

    Handlers belong to the event loop of their first call.
    """
    parts = _Parts.of(Arns(region, account_id), s3, options)

    def disturbed(operations: dict[str, Handler]) -> dict[str, Handler]:
        return with_rate_limit(options.disturbance.around(operations), calls_per_s=options.calls_per_s)

    return [
        Service("personalize", disturbed(parts.control()), parts.close, open=parts.open),
        Service("personalize-runtime", disturbed(dict(parts.runtime.operations()))),
        Service("personalize-events", disturbed(dict(parts.events.operations()))),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The parts of the service, and what is between them."""

    registry: Registry
    patience_s: float
    workers: Workers
    answering: Workers
    records: DatasetRecords
    data: DataOperations
    jobs: JobOperations
    solutions: SolutionOperations
    models: ModelOperations
    campaigns: CampaignOperations
    filters: FilterOperations
    batch: BatchOperations
    runtime: Runtime
    events: EventOperations

    @classmethod
    def of(cls, arns: Arns, s3: "S3ClientFactory", options: PersonalizeOptions) -> Self:
        store = Store(None if options.state_dir is None else options.state_dir / FOLDER)
        registry = Registry(store, state_delay_s=options.state_delay_s, limits=options.limits)
        workers, answering = Workers("personalize"), Workers("personalize-answers")
        records = DatasetRecords(store, workers)
        data = DataOperations(arns=arns, registry=registry, records=records)
        models = ModelOperations(
            arns=arns,
            registry=registry,
            workers=workers,
            data=data,
            models=ModelShelf(store, workers),
            trainer=Trainer(store, workers, options.large_rows),
        )
        filters = FilterOperations(arns=arns, registry=registry, data=data)
        return cls(
            registry=registry,
            patience_s=options.patience_s,
            workers=workers,
            answering=answering,
            records=records,
            data=data,
            jobs=JobOperations(
                arns=arns, registry=registry, workers=workers, data=data, models=models, s3=s3
            ),
            solutions=SolutionOperations(arns=arns, registry=registry, data=data),
            models=models,
            campaigns=CampaignOperations(arns=arns, registry=registry),
            filters=filters,
            batch=BatchOperations(
                arns=arns,
                registry=registry,
                workers=workers,
                data=data,
                models=models,
                filters=filters,
                s3=s3,
            ),
            runtime=Runtime(registry=registry, workers=answering, data=data, models=models, filters=filters),
            events=EventOperations(registry=registry, data=data),
        )

    def control(self) -> dict[str, Handler]:
        """Return the operations of `personalize`."""
        readout = Readout.of(self.registry, self.patience_s)
        handlers = dict(readout.operations(kinds.SOLUTION, extra=self.solutions.latest_version))
        handlers["ListTagsForResource"] = readout.list_tags
        for kind in _PLAIN_KINDS:
            handlers |= readout.operations(kind)
        for part in (
            self.data,
            self.jobs,
            self.solutions,
            self.models,
            self.campaigns,
            self.filters,
            self.batch,
        ):
            handlers |= part.operations()
        return handlers

    async def open(self) -> None:
        """Go on where the folder says that everything was; raise StateError if it cannot be used."""
        self.registry.store.open()
        self.registry.load()
        await self.records.restore(self.registry.find(kinds.DATASET))
        self.registry.resume(
            {
                kinds.DATASET_IMPORT_JOB: self.jobs.import_files,
                kinds.DATASET_EXPORT_JOB: self.jobs.export_files,
                kinds.DATA_DELETION_JOB: self.jobs.delete_data,
                kinds.SOLUTION_VERSION: self.models.train_version,
                kinds.BATCH_INFERENCE_JOB: self.batch.infer,
            }
        )
        self.data.resume_updates()
        self.campaigns.resume_updates()

    async def close(self) -> None:
        """Abandon what is under way; with a folder, it is begun again at the next start."""
        await self.registry.close()
        self.workers.close()
        self.answering.close()
        self.registry.store.close()
