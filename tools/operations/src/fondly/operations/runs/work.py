"""A run as operators see it at work: its stages over time, what each waits for, and what it may spend."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.operations.delivery.deployed import deployed
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.formatting import age, counted
from fondly.operations.queues import WatchedQueue
from fondly.operations.runs.lookup import find_run
from fondly.operations.runs.missing import missing_messages
from fondly.recommender.domain.run_state import TRAINING, RecommenderState
from fondly.runtime.runs.budget import Budget
from fondly.runtime.runs.deliveries import Deliveries
from fondly.runtime.runs.items import get_item, key
from fondly.runtime.runs.locks import LOCK_PREFIX
from fondly.runtime.runs.run import PartReport, Run, StageName
from fondly.runtime.storage import items_of

SLICES = 96
"""Into how many slices the time of a run is cut."""
UPLOADS = "ingest-uploads"


class StageWork(BaseModel):
    """One stage: how far it is, how many pieces were under way in each slice of time, why it waits."""

    stage: StageName
    done: int
    seconds: float
    """From its first piece's begin to its last one's end yet."""
    slices: list[int]
    waits: list[str]
    """What it waits for; nothing if it is done, or has not begun."""


class RunWork(BaseModel):
    """What operators want to know of a run at work; amounts are in US dollars."""

    run: Run
    to_at: datetime
    """Until when the slices go: now, or the run's end."""
    stages: list[StageWork]
    spent: Decimal
    reserved: Decimal
    limit: Decimal | None
    """None if no budget is known."""
    to_send: list[str]
    """Why a retry would send messages, a line each."""
    no_retry: str
    """Why it would send none."""


class _Seen(NamedTuple):
    """What there is about a stage besides its run."""

    under_way: int
    sharing: int
    """How many tasks have calls waiting for the quota that they share."""
    queue: WatchedQueue | None


async def run_work(environment: Environment, run_id: str, queues: Sequence[WatchedQueue]) -> RunWork:
    """Return how a run's work stands; raise `OperationError` for an unknown run."""
    ledger, table = await environment.ledger(), await environment.table("runs")
    run = await find_run(ledger, run_id)
    reports = await ledger.reports(run.run_id)
    delivery = await Deliveries(environment.dynamodb, table).find(run.run_id)
    locks, by_name = await _locks(environment, table, run.run_id), {each.name: each for each in queues}
    account = await Budget(environment.dynamodb, table, ledger, usd=None).account(run.run_id)
    settings = await deployed(environment)
    lines: list[str] = []
    no_retry = ""
    try:
        lines = [f"{each.stage}: {each.why}" for each in missing_messages(run, delivery)]
    except OperationError as error:
        no_retry = str(error)
    busy = {line.partition(":")[0] for line in lines}
    ends = [each.finished_at for each in reports]
    to_at = max([run.finished_at or run.created_at, *ends]) if run.has_ended else utc_now()
    stages = []
    for stage in StageName:
        own = [each for each in reports if each.stage is stage]
        queue = by_name.get(UPLOADS if stage is StageName.INGEST else stage)
        seen = _Seen(locks[stage], await _sharing(environment, table, own), queue)
        stages.append(_stage(run, stage, own, to_at, list(_waits(run, stage, seen)) if stage in busy else []))
    return RunWork(
        run=run,
        to_at=to_at,
        stages=stages,
        spent=account.spent,
        reserved=account.committed - account.spent,
        limit=account.limit or (settings.run_budget_usd if settings else None),
        to_send=lines,
        no_retry=no_retry,
    )


async def _locks(environment: Environment, table: str, run_id: str) -> Counter[str]:
    """How many part locks of each stage somebody holds."""
    wanted: dict[str, Any] = {
        "KeyConditionExpression": "run_id = :run AND begins_with(#item, :lock)",
        "FilterExpression": "attribute_exists(#token)",
        "ExpressionAttributeNames": {"#item": "item", "#token": "token"},
    }
    values = {":run": run_id, ":lock": LOCK_PREFIX}
    items = items_of(environment.dynamodb, "query", table, values, **wanted)
    return Counter([str(item["item"]).split("#")[1] async for item in items])


async def _sharing(environment: Environment, table: str, reports: Sequence[PartReport]) -> int:
    """The tasks that wait for the quota of what a stage's reports have paid for: Comprehend, or a model."""
    units = {unit for report in reports for unit in report.units}
    models = {f"converse#{'.'.join(unit.split('.')[2:])}" for unit in units if unit.startswith("bedrock.")}
    apis = models | ({"comprehend"} if any(unit.startswith("comprehend.") for unit in units) else set())
    found = [await get_item(environment.dynamodb, table, key(f"quota#{api}", "shared")) for api in apis]
    return sum(name.startswith("member-") for item in found for name in item)


def _waits(run: Run, stage: StageName, seen: _Seen) -> Iterator[str]:
    """Yield what a stage that has something to do waits for, as far as ledger and queues tell."""
    if seen.under_way:
        yield f"{counted(seen.under_way, 'part')} under way"
    if seen.under_way and seen.sharing:
        yield f"calls take turns within the quota, which {counted(seen.sharing, 'task')} share"
    if stage is StageName.RECOMMENDER:
        yield _phase(RecommenderState.of(run))
    queue = seen.queue
    if queue and queue.visible:
        oldest = f", the oldest for {age(queue.oldest_age_s)}" if queue.oldest_age_s is not None else ""
        yield f"{counted(queue.visible, 'message')} waiting in {queue.name}{oldest}"
    if queue and queue.delayed:
        yield f"{counted(queue.delayed, 'poll')} due later"
    if queue and queue.dead_letters:
        yield f"{counted(queue.dead_letters, 'dead letter')} in {queue.name}: redrive once that is mended"
    if queue and not (seen.under_way or queue.messages or queue.dead_letters):
        yield "no message is on its way: retry"


def _phase(state: RecommenderState) -> str:
    if state.turn_seen:
        return f"the turn of {state.turn_seen.run_id} in Personalize, at its poll {state.turn_seen.attempt}"
    return f"a job of Personalize: {state.phase}" if state.phase in TRAINING else f"its phase {state.phase}"


def _stage(
    run: Run, stage: StageName, reports: Sequence[PartReport], to_at: datetime, waits: list[str]
) -> StageWork:
    begins, ends = [each.started_at for each in reports], [each.finished_at for each in reports]
    slice_s = max((to_at - run.created_at).total_seconds(), 1) / SLICES

    def place(at: datetime) -> int:
        return min(max(int((at - run.created_at).total_seconds() / slice_s), 0), SLICES - 1)

    counts = Counter(
        number for each in reports for number in range(place(each.started_at), place(each.finished_at) + 1)
    )
    return StageWork(
        stage=stage,
        done=len(run.stage(stage).done),
        seconds=(max(ends) - min(begins)).total_seconds() if reports else 0.0,
        slices=[counts[number] for number in range(SLICES)],
        waits=waits,
    )
