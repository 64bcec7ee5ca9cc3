"""Finding a run in the ledger, and everything about it."""

from encore.cli.environment import Environment
from encore.cli.runs.views import RunDetails, details, find
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run


async def find_run(ledger: Ledger, wanted: str) -> Run:
    """Return the run with this id, the one whose id begins so, or the `latest`; raise `CommandError`."""
    return find(await ledger.runs(), wanted)


async def run_details(environment: Environment, ledger: Ledger, run: Run) -> RunDetails:
    """Return a run with its stages, counts and cost."""
    return details(run, await ledger.reports(run.run_id), bucket=environment.named("data"))
