"""Assembles the parts of the service."""

from pathlib import Path
from typing import TYPE_CHECKING

from understudy.personalize import kinds, recipes
from understudy.personalize.arns import Arns
from understudy.personalize.batch_operations import BatchOperations
from understudy.personalize.campaign_operations import CampaignOperations
from understudy.personalize.data_operations import DataOperations
from understudy.personalize.filter_operations import FilterOperations
from understudy.personalize.model_operations import ModelOperations
from understudy.personalize.readout import Readout
from understudy.personalize.registry import Registry
from understudy.personalize.runtime import Runtime
from understudy.personalize.state import KeptState
from understudy.personalize.tags import TagOperations
from understudy.wire.service import Handler, Service
from understudy.workers import Workers

if TYPE_CHECKING:
    from understudy.s3 import S3ClientFactory

_PLAIN_KINDS = (
    kinds.SCHEMA,
    kinds.DATASET_GROUP,
    kinds.DATASET,
    kinds.DATASET_IMPORT_JOB,
    kinds.SOLUTION_VERSION,
    kinds.CAMPAIGN,
    kinds.FILTER,
    kinds.EVENT_TRACKER,
    kinds.BATCH_INFERENCE_JOB,
)


def create_services(
    *,
    region: str,
    account_id: str,
    s3_client_factory: "S3ClientFactory",
    state_delay_s: float,
    state_dir: Path | None = None,
) -> list[Service]:
    """Return `personalize` and `personalize-runtime`, which share their resources.

    Each state of a resource lasts at least `state_delay_s`. Handlers belong to the event loop of
    their first call. With a `state_dir`, resources and data outlive the process there.
    """
    arns = Arns(region, account_id)
    registry, workers = Registry(state_delay_s=state_delay_s), Workers("personalize")
    data = DataOperations(arns=arns, registry=registry, workers=workers, s3=s3_client_factory)
    models = ModelOperations(arns=arns, registry=registry, workers=workers, data=data)
    filters = FilterOperations(arns=arns, registry=registry, data=data)
    batch = BatchOperations(
        arns=arns,
        registry=registry,
        workers=workers,
        models=models,
        filters=filters,
        s3=s3_client_factory,
    )
    campaigns = CampaignOperations(arns=arns, registry=registry)
    runtime = Runtime(registry=registry, workers=workers, models=models, filters=filters)

    state = _kept(state_dir, registry, data, models, batch, workers)

    async def close() -> None:
        await registry.close()
        if state is not None:
            await state.close()
        workers.close()

    control = _reading(registry, models) | recipes.OPERATIONS
    for part in (data, models, campaigns, filters, batch, TagOperations(registry)):
        control |= part.operations()
    if state is not None:
        control = state.saving(control)
    return [
        Service("personalize", control, close, open=None if state is None else state.open),
        Service("personalize-runtime", runtime.operations()),
    ]


def _kept(  # noqa: PLR0917 - every part that has state
    state_dir: Path | None,
    registry: Registry,
    data: DataOperations,
    models: ModelOperations,
    batch: BatchOperations,
    workers: Workers,
) -> KeptState | None:
    if state_dir is None:
        return None
    redo = {
        kinds.DATASET_IMPORT_JOB: data.import_files,
        kinds.SOLUTION_VERSION: models.train_version,
        kinds.BATCH_INFERENCE_JOB: batch.infer,
    }
    return KeptState(
        folder=state_dir / "personalize",
        registry=registry,
        data=data,
        models=models,
        workers=workers,
        redo=redo,
    )


def _reading(registry: Registry, models: ModelOperations) -> dict[str, Handler]:
    """Return the Describe, List and Delete operations of all kinds."""
    readout = Readout.of(registry)
    handlers = dict(readout.operations(kinds.SOLUTION, extra=models.latest_version))
    for kind in _PLAIN_KINDS:
        handlers |= readout.operations(kind)
    return handlers
