"""How a run ends: recorded, announced and measured, in an order that a crash cannot break."""

from collections.abc import Mapping
from typing import Literal

from encore.contracts.events import RunFinished
from encore.runtime.metrics import Metric, emit
from encore.runtime.ports import Announcer
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import RunStatus
from encore.runtime.runs.totals import Totals, total

AI_SERVICES = ("comprehend", "personalize", "bedrock")
COUNTED = (
    Metric.REJECTED_ROWS,
    Metric.REVIEWS_SCORED,
    Metric.CUSTOMERS_BY_POPULARITY,
    Metric.EMAILS,
    Metric.EMAILS_TEMPLATE_COPY,
    Metric.EMAILS_FAILED,
    Metric.COPY_REPAIRS,
)


async def finish_run(run_id: str, ledger: Ledger, announcer: Announcer) -> Totals:
    """Announce that the run has finished, then record it.

    The other way round, redelivery after a crash would find a run that is over and never announce it.
    """
    totals = await _announce(run_id, "finished", None, ledger, announcer)
    await ledger.finish(run_id)
    return totals


async def fail_run(run_id: str, reason: str, ledger: Ledger, announcer: Announcer) -> None:
    """Record that the run cannot go on, then announce it.

    Recorded first, so that no stage goes on working for it. The first reason stays, and a run whose last
    stage is complete finishes instead. After a crash in between the caller has to come back: announcing the
    same failure again gives the same event.
    """
    await ledger.fail(run_id, reason)
    run = await ledger.run(run_id)
    if run.status is RunStatus.FAILED:
        await _announce(run_id, "failed", run.reason, ledger, announcer)


async def _announce(
    run_id: str,
    status: Literal["finished", "failed"],
    reason: str | None,
    ledger: Ledger,
    announcer: Announcer,
) -> Totals:
    totals = total(await ledger.reports(run_id))
    event = RunFinished(
        status=status,
        reason=reason,
        counts=totals.counts,
        stage_seconds=totals.stage_seconds,
        total_seconds=totals.total_seconds,
        cost_usd=totals.cost_usd,
    )
    await announcer.announce(run_id, event)
    emit(_measured(status, totals))
    return totals


def _measured(status: str, totals: Totals) -> Mapping[Metric, float]:
    ended = Metric.RUNS_FINISHED if status == "finished" else Metric.RUNS_FAILED
    ai_usd = sum(float(totals.cost_usd.get(service, 0)) for service in AI_SERVICES)
    return {
        ended: 1,
        Metric.RUN_SECONDS: totals.total_seconds,
        Metric.RUN_COST_USD: float(totals.cost_usd["total"]),
        Metric.AI_COST_USD: round(ai_usd, 6),
        **{metric: totals.counts.get(metric, 0) for metric in COUNTED},
    }
