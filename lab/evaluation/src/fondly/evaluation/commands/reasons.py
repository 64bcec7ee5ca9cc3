"""`fondly evaluate reasons`: whether a run's reasons are true."""

from typing import TYPE_CHECKING

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.commands.runs import RunId
from fondly.cli.execution import FOUND_WRONG, in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment


@in_environment
async def reasons(environment: "Environment", run_id: RunId, *, json: AsJson = False) -> None:
    """Recompute every reason of a run from its stored records.

    Exits with 1 if one is false, or if there are no recommendations.
    """
    from fondly.cli.output import console, print_json
    from fondly.evaluation.commands.reason_tables import show_reasons
    from fondly.evaluation.commands.start import evaluating
    from fondly.evaluation.commands.stored_run import stored_run
    from fondly.evaluation.reasons.checking import check_reasons
    from fondly.operations.errors import OperationError

    run = await stored_run(environment, run_id)
    with evaluating("reading the run") as announce:
        report = await check_reasons(run, announce)
    if json:
        print_json(report)
    else:
        show_reasons(report, console())
    if not report.checked:
        raise OperationError(f"{report.run_id} recommends nothing to anybody")
    if report.false:
        raise typer.Exit(FOUND_WRONG)
