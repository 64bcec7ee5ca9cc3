"""Finding a run in the ledger, and everything about it."""

from encore.cli.environment import Environment
from encore.cli.runs.views import RunDetails, details, find
from encore.contracts import object_keys
from encore.contracts.records import SentimentSummary
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run


async def find_run(ledger: Ledger, wanted: str) -> Run:
    """Return the run with this id, the one whose id begins so, or the `latest`; raise `CommandError`."""
    return find(await ledger.runs(), wanted)


async def run_details(environment: Environment, ledger: Ledger, run: Run) -> RunDetails:
    """Return a run with its stages, counts, cost, and what its customers said."""
    objects = await environment.objects()
    stored = await objects.find(object_keys.sentiment_summary(run.run_id))
    sentiment = SentimentSummary.model_validate_json(stored) if stored else None
    reports = await ledger.reports(run.run_id)
    return details(run, reports, bucket=objects.bucket, sentiment=sentiment)
