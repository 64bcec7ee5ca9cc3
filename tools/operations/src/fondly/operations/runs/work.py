"""A run as operators see it at work: its stages over time, what each waits for, and what it may spend."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

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
from fondly.runtime.runs.delivery import Delivery
from fondly.runtime.runs.locks import LOCK_PREFIX
from fondly.runtime.runs.run import MAKING, PartReport, Run, RunStatus, StageName
from fondly.runtime.storage import from_item, items_of

SLICES = 96
"""Into how many slices of time a stage is cut."""
QUEUES = {stage: "ingest-uploads" if stage is StageName.INGEST else stage.value for stage in StageName}
QUOTAS = {StageName.SENTIMENT: "comprehend", StageName.MAILER: "converse"}
"""The APIs whose quota the tasks of a stage share."""


class StageWork(BaseModel):
    """One stage: how far it is, how many parts were under way in each slice of the run, and why it waits."""

    stage: StageName
    done: int
    parts: int | None
    began_at: datetime | None
    ended_at: datetime | None
    """When its last part yet ended."""
    slices: list[int]
    waits: list[str]
    """What it waits for, a sentence each; nothing for a stage that is done, or has not begun."""


class Spending(BaseModel):
    """What a run may spend in US dollars; `limit` is None if no budget is known."""

    spent: Decimal
    reserved: Decimal
    limit: Decimal | None


class RunWork(BaseModel):
    """Everything that operators want to know of a run at work."""

    run: Run
    from_at: datetime
    to_at: datetime
    stages: list[StageWork]
    spending: Spending
    to_send: list[str]
    """Why a retry would send messages, a line each."""
    no_retry: str = ""
    """Why it would send none."""


async def run_work(environment: Environment, run_id: str, queues: Sequence[WatchedQueue]) -> RunWork:
    """Return how a run's work stands; raise `OperationError` for an unknown run."""
    ledger = await environment.ledger()
    run = await find_run(ledger, run_id)
    table = await environment.table("runs")
    reports = await ledger.reports(run.run_id)
    delivery = await Deliveries(environment.dynamodb, table).find(run.run_id)
    holders = await _holders(environment, table, run.run_id)
    waiting = _Waiting(run, delivery, holders, {each.name: each for each in queues})
    shared = {api: await _sharing(environment, table, api) for api in QUOTAS.values()}
    account = await Budget(environment.dynamodb, table, ledger, usd=None).account(run.run_id)
    to_send, no_retry = _to_send(run, delivery)
    last = max((each.finished_at for each in reports), default=run.created_at)
    to_at = max(last, run.finished_at or last) if run.has_ended else utc_now()
    return RunWork(
        run=run,
        from_at=run.created_at,
        to_at=to_at,
        stages=[
            _stage(run, stage, reports, [*waiting.of(stage), *_quota(stage, shared, holders)], to_at)
            for stage in StageName
        ],
        spending=Spending(
            spent=account.spent,
            reserved=account.committed - account.spent,
            limit=account.limit or await _budget(environment),
        ),
        to_send=to_send,
        no_retry=no_retry,
    )


async def _budget(environment: Environment) -> Decimal | None:
    """The budget of the deployed services, which all have the same."""
    settings = await deployed(environment)
    return settings.run_budget_usd if settings else None


def _to_send(run: Run, delivery: Delivery | None) -> tuple[list[str], str]:
    try:
        return [f"{each.stage}: {each.why}" for each in missing_messages(run, delivery)], ""
    except OperationError as error:
        return [], str(error)


async def _holders(environment: Environment, table: str, run_id: str) -> Counter[str]:
    """How many part locks of each stage somebody holds."""
    items = items_of(
        environment.dynamodb,
        "query",
        table,
        {":run": run_id, ":lock": LOCK_PREFIX},
        KeyConditionExpression="run_id = :run AND begins_with(#item, :lock)",
        FilterExpression="attribute_exists(#token)",
        ExpressionAttributeNames={"#item": "item", "#token": "token"},
    )
    return Counter([str(item["item"]).split("#")[1] async for item in items])


async def _sharing(environment: Environment, table: str, api: str) -> int:
    """How many tasks have calls waiting for a quota that they share."""
    key = {"run_id": {"S": f"quota#{api}"}, "item": {"S": "shared"}}
    reply = await environment.dynamodb.get_item(TableName=table, Key=key)
    return sum(name.startswith("member-") for name in from_item(reply.get("Item", {})))


def _quota(stage: StageName, shared: Mapping[str, int], holders: Mapping[str, int]) -> Iterator[str]:
    tasks = shared.get(QUOTAS.get(stage, ""), 0)
    if tasks and holders.get(stage):
        yield f"calls take turns within the quota, which {counted(tasks, 'task')} share"


class _Waiting:
    """Says what the stages of a run wait for, as far as ledger and queues tell."""

    def __init__(
        self,
        run: Run,
        delivery: Delivery | None,
        holders: Mapping[str, int],
        queues: Mapping[str, WatchedQueue],
    ) -> None:
        self._run, self._delivery, self._holders, self._queues = run, delivery, holders, queues

    def of(self, stage: StageName) -> Iterator[str]:
        """Yield what a stage waits for."""
        run = self._run
        if run.status is RunStatus.FAILED or not self._has_work(stage):
            return
        if run.status is RunStatus.STOPPED:
            yield "the run is stopped: resume it"
            return
        if under_way := self._holders.get(stage, 0):
            yield f"{counted(under_way, 'part')} under way"
        if stage is StageName.RECOMMENDER:
            yield from self._personalize()
        yield from self._queue(stage, is_busy=bool(under_way))

    def _has_work(self, stage: StageName) -> bool:
        if stage is StageName.SENDER:
            return self._run.status is RunStatus.FINISHED and bool(
                self._delivery and self._delivery.status.goes_out and self._run.parts_to_do(stage)
            )
        if self._run.status is RunStatus.FINISHED:
            return False
        before = MAKING[MAKING.index(stage) - 1] if stage is not StageName.INGEST else None
        has_begun = before is None or bool(self._run.stage(before).done)
        return has_begun and not self._run.stage(stage).announced

    def _personalize(self) -> Iterator[str]:
        state = RecommenderState.of(self._run)
        if state.turn_seen:
            turn = state.turn_seen
            yield f"the turn of {turn.run_id} in Personalize, which is at poll {turn.attempt}"
        elif state.phase in TRAINING:
            yield f"a job of Personalize: {state.phase}"
        else:
            yield f"its own phase {state.phase}"

    def _queue(self, stage: StageName, *, is_busy: bool) -> Iterator[str]:
        queue = self._queues.get(QUEUES[stage])
        if queue is None:
            return
        oldest = f", the oldest for {age(queue.oldest_age_s)}" if queue.oldest_age_s is not None else ""
        if queue.visible:
            yield f"{counted(queue.visible, 'message')} in the queue of {queue.name}{oldest}"
        if queue.delayed:
            yield f"{counted(queue.delayed, 'poll')} that are due later"
        if queue.dead_letters:
            yield f"{counted(queue.dead_letters, 'dead letter')} of {queue.name}: redrive them once mended"
        if not (is_busy or queue.messages or queue.dead_letters):
            yield "nothing: no message is on its way, so retry"


def _stage(
    run: Run, stage: StageName, reports: Sequence[PartReport], waits: list[str], to_at: datetime
) -> StageWork:
    own = [each for each in reports if each.stage is stage]
    return StageWork(
        stage=stage,
        done=len(run.stage(stage).done),
        parts=run.parts,
        began_at=min((each.started_at for each in own), default=None),
        ended_at=max((each.finished_at for each in own), default=None),
        slices=_slices(own, run.created_at, to_at),
        waits=waits,
    )


def _slices(reports: Sequence[PartReport], from_at: datetime, to_at: datetime) -> list[int]:
    """How many reports' work was under way in each of the slices between two times."""
    slice_s = max((to_at - from_at).total_seconds(), 1) / SLICES
    counts = [0] * SLICES

    def place(at: datetime) -> int:
        return min(max(int((at - from_at).total_seconds() / slice_s), 0), SLICES - 1)

    for each in reports:
        for number in range(place(each.started_at), place(each.finished_at) + 1):
            counts[number] += 1
    return counts
