"""The run whose reasons are checked, as the ledger and the data bucket have it."""

from fondly.evaluation.reasons.stored_run import StoredRun
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.runs.lookup import find_run
from fondly.runtime.runs.run import StageName


async def stored_run(environment: Environment, wanted: str) -> StoredRun:
    """Return where a run's records are; raise `OperationError` if it has no recommendations."""
    run = await find_run(await environment.ledger(), wanted)
    recommended = sorted(run.stage(StageName.RECOMMENDER).done)
    if not recommended:
        raise OperationError(f"{run.run_id} has no recommendations: it is {run.status}")
    return StoredRun(
        run_id=run.run_id,
        objects=await environment.objects(),
        parts=range(1, (run.parts or 0) + 1),
        recommended=recommended,
        now=int(run.created_at.timestamp()),
    )
