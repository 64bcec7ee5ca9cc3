"""`fondly evaluate reasons`: whether a run's reasons are true."""

from typing import TYPE_CHECKING

from fondly.cli.answer import Answer
from fondly.cli.execution import in_environment
from fondly.cli.options import RunId

if TYPE_CHECKING:
    from fondly.operations.environment import Environment


@in_environment
async def reasons(environment: "Environment", run_id: RunId) -> Answer:
    """Recompute every reason of a run from its stored records.

    Exits with 1 if one is false, or if there are no recommendations.
    """
    from fondly.evaluation.commands.measure_reasons import measure_reasons

    return await measure_reasons(environment, run_id)
