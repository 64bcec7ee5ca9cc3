"""How a run ends: recorded, announced and measured in an order that is safe against crashes."""

from collections.abc import Mapping
from typing import Literal

from fondly.contracts.events import RunFinished
from fondly.runtime.logs import get_logger
from fondly.runtime.metrics import Metric, emit
from fondly.runtime.ports import Announcer
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.pricing import AI_SERVICES
from fondly.runtime.runs.run import RunStatus
from fondly.runtime.runs.totals import RunTotals, total

COUNTED = (
    Metric.REJECTED_ROWS,
    Metric.REVIEWS_SCORED,
    Metric.REVIEWS_UNSCORED,
    Metric.TEXTS_POSITIVE,
    Metric.TEXTS_NEGATIVE,
    Metric.TEXTS_NEUTRAL,
    Metric.TEXTS_MIXED,
    Metric.CUSTOMERS_BY_POPULARITY,
    Metric.EMAILS,
    Metric.EMAILS_TEMPLATE_COPY,
    Metric.EMAILS_MIXED_COPY,
    Metric.TEMPLATE_FIELDS,
    Metric.EMAILS_FAILED,
    Metric.COPY_PROMPTS,
    Metric.COPY_REPAIRS,
    Metric.COPY_CALLS,
)
log = get_logger()


async def finish_run(run_id: str, ledger: Ledger, announcer: Announcer) -> RunTotals:
    """Announce that the run has finished, then record it: a crash in between repeats both."""
    totals = await _announce(run_id, "finished", None, ledger, announcer)
    await ledger.finish(run_id)
    return totals


async def fail_run(run_id: str, reason: str, ledger: Ledger, announcer: Announcer) -> None:
    """Record that the run has failed, then announce it.

    It is recorded first so that every stage stops working on it. The first reason is kept, and a run whose
    last stage is complete finishes instead. After a crash in between, the caller must call this again:
    the same failure is announced by the same event.
    """
    await ledger.fail(run_id, reason)
    run = await ledger.run(run_id)
    if run.status is RunStatus.FAILED:
        await _announce(run_id, "failed", run.reason, ledger, announcer)


async def stop_run(run_id: str, reason: str, ledger: Ledger) -> None:
    """Stop the run until it is resumed, unless it has ended or is stopped; the first reason is kept."""
    if await ledger.stop(run_id, reason):
        log.error("run_stopped", reason=reason)
        emit({Metric.RUNS_STOPPED: 1})


async def _announce(
    run_id: str,
    status: Literal["finished", "failed"],
    reason: str | None,
    ledger: Ledger,
    announcer: Announcer,
) -> RunTotals:
    reading = ledger.keep_sums if status == "finished" else ledger.reports
    totals = total(await reading(run_id))
    await announcer.announce(run_id, run_finished(status, reason, totals))
    emit(_measured(status, totals))
    return totals


def run_finished(status: Literal["finished", "failed"], reason: str | None, totals: RunTotals) -> RunFinished:
    """Return what is announced when a run ends."""
    return RunFinished(
        status=status,
        reason=reason,
        counts=totals.counts,
        stage_seconds=totals.stage_seconds,
        total_seconds=totals.total_seconds,
        cost_usd=totals.cost_usd,
    )


def _measured(status: str, totals: RunTotals) -> Mapping[Metric, float]:
    ended = Metric.RUNS_FINISHED if status == "finished" else Metric.RUNS_FAILED
    ai_usd = sum(float(totals.cost_usd.get(service, 0)) for service in AI_SERVICES)
    return {
        ended: 1,
        Metric.RUN_SECONDS: totals.total_seconds,
        Metric.RUN_COST_USD: float(totals.cost_usd["total"]),
        Metric.AI_COST_USD: round(ai_usd, 6),
        **{metric: totals.counts.get(metric, 0) for metric in COUNTED},
    }
