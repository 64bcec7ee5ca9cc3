"""A run as operators see it at work: its stages over time, what each waits for, and what it may spend."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

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
from fondly.runtime.runs.items import get_item, key
from fondly.runtime.runs.locks import LOCK_PREFIX
from fondly.runtime.runs.run import Run, StageName
from fondly.runtime.runs.totals import Span
from fondly.runtime.storage import items_of

SLICES = 96
"""Into how many slices the time of a run is cut."""


class StageWork(BaseModel):
    """One stage; `slices` are how many pieces were under way in each slice of the run's time."""

    stage: StageName
    done: int
    seconds: float
    slices: list[int]
    waits: list[str]
    """What it waits for; nothing if it is done, or has not begun."""


class RunWork(BaseModel):
    """What operators want to know of a run at work; amounts are in US dollars."""

    run: Run
    to_at: datetime
    """Until when the slices go: the minute that it is, or the run's end."""
    stages: list[StageWork]
    spent: Decimal
    reserved: Decimal
    limit: Decimal | None
    """None if no budget is known."""
    to_send: list[str]
    """Why a retry would send messages, a line each."""
    no_retry: str
    """Why it would send none."""


async def run_work(environment: Environment, run_id: str, queues: Sequence[WatchedQueue]) -> RunWork:
    """Return how a run's work stands; raise `OperationError` for an unknown run."""
    ledger, table = await environment.ledger(), await environment.table("runs")
    run = await find_run(ledger, run_id)
    spans = await ledger.timed(run.run_id)
    to_send, no_retry = list[str](), ""
    try:
        missing = missing_messages(run, await (await environment.deliveries()).find(run.run_id))
        to_send = [f"{each.stage}: {each.why}" for each in missing]
    except OperationError as error:
        no_retry = str(error)
    busy = {line.partition(":")[0] for line in to_send}
    locks = {stage: await _locks(environment, table, run.run_id, stage) for stage in busy}
    tasks = await _tasks(environment, table, spans) if busy else Counter[str]()
    waits = {stage: list(_waits(run, stage, locks[stage], tasks[stage], queues)) for stage in busy}
    last = datetime.fromtimestamp(max((each.ended for each in spans), default=0), UTC)
    last = max(run.finished_at or run.created_at, last)
    to_at = utc_now().replace(second=0, microsecond=0) if run.is_open else last
    account = await Budget(environment.dynamodb, table, ledger, usd=None).account(run.run_id)
    settings = await deployed(environment) if account.limit is None else None
    return RunWork(
        run=run,
        to_at=to_at,
        stages=[_stage(run, stage, spans, to_at, waits.get(stage, [])) for stage in StageName],
        spent=account.spent,
        reserved=account.committed - account.spent,
        limit=account.limit or (settings.run_budget_usd if settings else None),
        to_send=to_send,
        no_retry=no_retry,
    )


async def _locks(environment: Environment, table: str, run_id: str, stage: str) -> int:
    """How many part locks of a stage somebody holds."""
    wanted: dict[str, Any] = {
        "KeyConditionExpression": "run_id = :run AND begins_with(#item, :lock)",
        "FilterExpression": "attribute_exists(#token)",
        "ExpressionAttributeNames": {"#item": "item", "#token": "token"},
    }
    values = {":run": run_id, ":lock": f"{LOCK_PREFIX}{stage}#"}
    return len([item async for item in items_of(environment.dynamodb, "query", table, values, **wanted)])


async def _tasks(environment: Environment, table: str, spans: Sequence[Span]) -> Counter[str]:
    """How many tasks of each stage take turns within the quota of what its parts have paid for."""
    units = {(each.stage, *unit.split(".", 2)) for each in spans for unit in each.units}
    apis = {
        (stage, "comprehend" if service == "comprehend" else f"converse#{''.join(model)}")
        for stage, service, _, *model in units
        if service in {"comprehend", "bedrock"}
    }
    tasks = Counter[str]()
    for stage, api in apis:
        item = await get_item(environment.dynamodb, table, key(f"quota#{api}", "shared"))
        tasks[stage] += sum(name.startswith("member-") for name in item)
    return tasks


def _waits(run: Run, stage: str, under_way: int, tasks: int, queues: Sequence[WatchedQueue]) -> Iterator[str]:
    """Yield what a stage that has something to do waits for, as far as ledger and queues tell."""
    if under_way:
        yield f"{counted(under_way, 'part')} under way"
    if under_way and tasks:
        yield f"calls take turns within the quota, which {counted(tasks, 'task')} share"
    if stage == StageName.RECOMMENDER:
        yield _phase(RecommenderState.of(run))
    for queue in (each for each in queues if each.name.partition("-")[0] == stage):
        if queue.visible:
            oldest = f", the oldest for {age(queue.oldest_age_s)}" if queue.oldest_age_s is not None else ""
            yield f"{counted(queue.visible, 'message')} waiting in {queue.name}{oldest}"
        if queue.delayed:
            yield f"{counted(queue.delayed, 'poll')} due later"
        if queue.dead_letters:
            yield f"{counted(queue.dead_letters, 'dead letter')} in {queue.name}"
        if not (under_way or queue.visible or queue.in_flight or queue.delayed or queue.dead_letters):
            yield "no message is on its way: retry"


def _phase(state: RecommenderState) -> str:
    if state.turn_seen:
        return f"the turn of {state.turn_seen.run_id} in Personalize, at its poll {state.turn_seen.attempt}"
    return f"a job of Personalize: {state.phase}" if state.phase in TRAINING else f"its phase {state.phase}"


def _stage(run: Run, stage: StageName, spans: Sequence[Span], to_at: datetime, waits: list[str]) -> StageWork:
    first = run.created_at.timestamp()
    slice_s = max(to_at.timestamp() - first, 1) / SLICES

    def place(at: float) -> int:
        return min(max(int((at - first) / slice_s), 0), SLICES - 1)

    times = [(each.began, each.ended) for each in spans if each.stage is stage]
    counts = Counter(number for one, other in times for number in range(place(one), place(other) + 1))
    begins, ends = zip(*times, strict=True) if times else ((first,), (first,))
    return StageWork(
        stage=stage,
        done=len(run.stage(stage).done),
        seconds=max(ends) - min(begins),
        slices=[counts[number] for number in range(SLICES)],
        waits=waits,
    )
