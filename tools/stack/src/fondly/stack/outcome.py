"""Waits for the end of a run, whatever it is, and sums the run up."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from botocore.exceptions import BotoCoreError
from rich.console import Console

from fondly.contracts.counts import Counted
from fondly.contracts.events import RunFinished
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.runs.facts import RunFacts, notices
from fondly.operations.runs.follow import snapshot, snapshots
from fondly.operations.runs.views import RunDetails
from fondly.runtime.runs.delivery import Delivery, DeliveryStatus
from fondly.runtime.runs.run import Run, RunStatus, StageName
from fondly.runtime.runs.totals import total
from fondly.stack.embedded import Stack
from fondly.stack.observer import Observer
from fondly.stack.processes import ProcessDiedError
from fondly.stack.progress import RunProgress

POLL_S = 0.4
DEAD_LETTERS_EVERY = 15
"""Polls: the ledger is one call, the dead-letter queues are seven."""
START_S = 60.0
DRAIN_S = 3.0
REST_S = 30.0
"""A delivery that goes on only after so long is not waited for."""
STUCK = "stuck"
_ALWAYS = (
    Counted.PRODUCTS,
    Counted.CUSTOMERS,
    Counted.REVIEWS,
    Counted.INTERACTIONS,
    Counted.REJECTED_ROWS,
    Counted.UNALIGNED_TEXTS,
    Counted.RECOMMENDATIONS,
    Counted.EMAILS,
    Counted.EMAILS_TEMPLATE_COPY,
)
"""Counts that the summary of every finished run has, if only as zero."""


class DemoFailedError(Exception):
    """The run did not finish; the message says why."""


@dataclass(frozen=True)
class Outcome:
    """How far a run got: it has ended, or is `stuck` for a reason that no waiting removes."""

    run: Run
    finished: RunFinished | None = None
    stuck: str | None = None


async def until_ended(
    stack: Stack,
    observer: Observer,
    source: str,
    earlier: Run | None,
    console: Console,
    *,
    meanwhile: Callable[[Run], Awaitable[None]] | None = None,
) -> Outcome:
    """Show a run until it ends or is stuck; raise `DemoFailedError` or `ProcessDiedError` if none starts.

    At each look at it, something is done `meanwhile`.
    """
    deadline = time.monotonic() + START_S
    looks = cycle([True, *[False] * (DEAD_LETTERS_EVERY - 1)])
    run: Run | None = None
    with RunProgress(console) as progress:
        while True:
            run, death = await _run_of(stack, observer, source, earlier, run), _death(stack)
            if run is not None:
                progress.update(snapshots(run))
                if meanwhile:
                    await meanwhile(run)
                if not run.is_open and (finished := await observer.take_finished(run.run_id)):
                    run = await observer.ledger.run(run.run_id)
                    progress.update(snapshots(run))
                    return Outcome(run, finished)
                if run.status is RunStatus.STOPPED:
                    return Outcome(run, stuck=run.reason)
            elif death:
                raise death
            elif time.monotonic() > deadline:
                raise DemoFailedError(_not_started(source, earlier))
            if reason := str(death or "") or (await observer.dead_letter() if next(looks) else None):
                if run is None:
                    raise DemoFailedError(reason)
                return Outcome(await observer.ledger.run(run.run_id), stuck=reason)
            await asyncio.sleep(POLL_S)


async def until_delivered(stack: Stack, observer: Observer, run_id: str, console: Console) -> Delivery | None:
    """Show the progress of a run's delivery until nothing more goes out for now; return the delivery.

    That is when it is done, or when a person, the clock or too many complaints hold up the rest. None if the
    run's emails are not delivered. Raises `DemoFailedError` for a dead letter, and `ProcessDiedError` if the
    stack has stopped.
    """
    deadline = time.monotonic() + START_S
    looks = cycle([True, *[False] * (DEAD_LETTERS_EVERY - 1)])
    with RunProgress(console) as progress:
        while True:
            stack.check()
            run, delivery = await observer.ledger.run(run_id), await observer.delivery(run_id)
            if delivery is None and time.monotonic() > deadline:
                return None
            if delivery is not None:
                progress.update([snapshot(run, StageName.SENDER)])
                if _rests(run, delivery):
                    return delivery
            if next(looks) and (reason := await observer.dead_letter()):
                raise DemoFailedError(reason)
            await asyncio.sleep(POLL_S)


def _rests(run: Run, delivery: Delivery) -> bool:
    """Whether nothing more goes out soon: somebody has to decide, or all parts that are left have to wait."""
    if not delivery.status.goes_out:
        return True
    left = run.parts_to_do(StageName.SENDER)
    if delivery.status is DeliveryStatus.SAMPLE or not left:
        return False
    soon = time.time() + REST_S
    starts = delivery.starts_at is not None and delivery.starts_at.timestamp() > soon
    return starts or all(delivery.due.get(part, 0) > soon for part in left)


async def summary_of(
    observer: Observer, outcome: Outcome, details: RunDetails, seconds: float
) -> dict[str, Any]:
    """Return what `summary.json` has; a run that is stuck is summed up from the ledger as it is."""
    run, facts = outcome.run, details.facts
    totals = outcome.finished or total(await observer.ledger.reports(run.run_id))
    told = details.model_dump(mode="json", include={"run_id", "source", "sentiment", "ingest"})
    summary = {
        **told,
        "status": run.status.value if run.has_ended else STUCK,
        "reason": run.reason or outcome.stuck,
        **_counted(run, totals.counts),
        "stage_seconds": totals.stage_seconds,
        "total_seconds": seconds,
        "cost_usd": {name: float(cost) for name, cost in totals.cost_usd.items()},
        "delivery": _told(details.delivery),
        "popularity_reason": facts.popularity_reason,
        "ranking": facts.ranking,
        "unmatched_rules": facts.unmatched_rules,
        "queues": await _last_depths(observer),
        "dead_letters": await observer.dead_letters(),
    }
    return {**summary, "notices": notices(RunFacts.of_summary(summary))}


def _told(view: DeliveryView | None) -> dict[str, Any] | None:
    return {"status": view.delivery.status.value, "reason": view.delivery.reason or None} if view else None


async def _run_of(
    stack: Stack, observer: Observer, source: str, earlier: Run | None, known: Run | None
) -> Run | None:
    """The run of the upload, once it has started; raise `ProcessDiedError` if that is why nothing answers."""
    try:
        found = await (observer.ledger.run(known.run_id) if known else observer.run_of(source))
    except (BotoCoreError, OSError):
        stack.check()
        raise
    return found if found and (earlier is None or found.run_id != earlier.run_id) else None


def _death(stack: Stack) -> ProcessDiedError | None:
    try:
        stack.check()
    except ProcessDiedError as error:
        return error
    return None


async def _last_depths(observer: Observer) -> dict[str, dict[str, int]]:
    """The queues' depths; a moment is allowed for deleting the run's last messages."""
    deadline = time.monotonic() + DRAIN_S
    while True:
        depths = await observer.queues()
        if time.monotonic() > deadline or not any(any(depth.values()) for depth in depths.values()):
            return depths
        await asyncio.sleep(POLL_S)


def _counted(run: Run, counts: Mapping[str, int]) -> dict[str, int]:
    """The counts; what a run that did not finish has not counted is unknown, not zero."""
    finished = run.status is RunStatus.FINISHED
    return dict.fromkeys(_ALWAYS if finished else (), 0) | dict(counts)


def _not_started(source: str, earlier: Run | None) -> str:
    if earlier is None:
        return f"ingest started no run for {source} within {START_S:.0f} s"
    return f"this stack has already processed {source}, as {earlier.run_id}: upload another file"
