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
    from fondly.evaluation.commands.reason_tables import reason_sections
    from fondly.evaluation.commands.start import evaluating
    from fondly.evaluation.commands.stored_run import stored_run
    from fondly.evaluation.reasons.checking import check_reasons

    run = await stored_run(environment, run_id)
    with evaluating("reading the run") as announce:
        report = await check_reasons(run, announce)
    nothing = [] if report.checked else [f"{report.run_id} recommends nothing to anybody"]
    return Answer(report, reason_sections(report), nothing, is_wrong=bool(nothing or report.false))
