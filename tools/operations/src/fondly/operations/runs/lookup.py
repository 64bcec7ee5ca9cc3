"""Finding a run in the ledger, and everything about it."""

import asyncio

from fondly.contracts import object_keys
from fondly.contracts.delivery import Outcome
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import SentimentSummary
from fondly.operations.delivery.views import TO_LOOK_AT, DeliveryLookup
from fondly.operations.environment import Environment
from fondly.operations.errors import NotFoundError, OperationError
from fondly.operations.runs.settings import pinned
from fondly.operations.runs.views import LATEST, RunDetails, RunList, Stored, details, find, view
from fondly.runtime.ports import Model, Objects
from fondly.runtime.runs.attribution import Attribution, attribution, partition
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run, RunStatus
from fondly.runtime.runs.totals import total


async def find_run(ledger: Ledger, wanted: str) -> Run:
    """Return the run with this id, the one whose id begins so, or the `latest`; raise `NotFoundError`."""
    if wanted == LATEST:
        async for run in ledger.index.runs(at_once=1):
            return run
    if found := await ledger.find(wanted):
        return found
    ids = dict.fromkeys([str(each["of_run"]) async for each in ledger.index.pointers()])
    if found := await ledger.find(find(list(ids), wanted)):
        return found
    raise NotFoundError(f"there is no run {wanted}")


async def run_before(ledger: Ledger, run: Run) -> Run | None:
    """Return the last run that had finished when this one began; None if it is the first."""
    found = await ledger.recent(status=RunStatus.FINISHED, before=run.created_at.isoformat(), limit=1)
    return next(iter(found.runs), None)


async def list_runs(
    environment: Environment,
    *,
    limit: int = 50,
    status: str | None = None,
    source: str | None = None,
    before: str | None = None,
) -> RunList:
    """Return runs, the latest first: of a status or a source, before a list's `next`, a day or a month."""
    if status not in {None, *RunStatus}:
        raise OperationError(f"found the status {status}, expected one of {', '.join(RunStatus)}")
    ledger, wanted = await environment.ledger(), RunStatus(status) if status else None
    page = await ledger.recent(status=wanted, source=source, before=before, limit=limit)
    deliveries = await (await DeliveryLookup.of(environment)).statuses(page.runs)
    return RunList(runs=[view(run, deliveries.get(run.run_id)) for run in page.runs], next=page.next)


async def run(environment: Environment, run_id: str) -> RunDetails:
    """Show a run: stages, notices, counts, cost, delivery, and why it failed."""
    ledger = await environment.ledger()
    return await run_details(environment, ledger, await find_run(ledger, run_id))


async def run_details(
    environment: Environment, ledger: Ledger, run: Run, *, with_dispatches: bool = False
) -> RunDetails:
    """Return everything about a run, `with_dispatches` also the emails that a person may want to look at."""
    objects, lookup = await environment.objects(), await DeliveryLookup.of(environment)
    listed = TO_LOOK_AT if with_dispatches else frozenset[Outcome]()
    reports, pins, sentiment, ingest, credited = await asyncio.gather(
        ledger.summed(run.run_id),
        pinned(environment, run.run_id),
        _find(objects, object_keys.sentiment_summary(run.run_id), SentimentSummary),
        _find(objects, object_keys.ingest_report(run.run_id), IngestReport),
        _attribution(environment, run.run_id),
    )
    delivery = await lookup.view(run, counts=total(reports).counts, listed=listed)
    return details(
        run, reports, bucket=objects.bucket, stored=Stored(pins, sentiment, ingest, credited, delivery)
    )


async def _attribution(environment: Environment, run_id: str) -> Attribution | None:
    credited = await (await environment.items("runs")).get_group("run_id", partition(run_id))
    return attribution(credited) if credited else None


async def _find(objects: Objects, key: str, kind: type[Model]) -> Model | None:
    stored = await objects.find(key)
    return kind.model_validate_json(stored) if stored else None
