"""A run's budget: nothing is paid beyond it, nothing is lost by it, and a stopped run can be resumed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from decimal import Decimal
from itertools import cycle
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from fondly.contracts.errors import TransientError
from fondly.contracts.events import RunFinished
from fondly.runtime.parallel import for_each
from fondly.runtime.runs.account import SMALLEST, Account, price
from fondly.runtime.runs.budget import ITEM, Budget, RunStoppedError, paying
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import fail_run
from fondly.runtime.runs.run import RunStatus, StageName
from fondly.runtime.runs.stage import PartResult, Stage
from fondly.runtime.storage import from_item
from tests.support.dynamodb import InMemoryDynamoDB
from tests.support.runs import RUN, TABLE, Runs
from tests.support.stores import InMemoryAnnouncer

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.client import DynamoDBClient

Work = Callable[[], Awaitable[None]]
UNIT = "comprehend.units"
"""A hundredth of a cent each."""
CENT = 100


async def call(most: int, actual: int) -> None:
    """Pay for a call: at most so many units, in the end fewer."""
    async with paying({UNIT: most}) as payment:
        await asyncio.sleep(0)
        payment.used({UNIT: actual})


async def opened(usd: str | None) -> Runs:
    """An open run with a budget."""
    runs = Runs(budget_usd=Decimal(usd) if usd else None)
    await runs.ledger.open_run(RUN, source="s3://b/uploads/a.csv")
    await runs.ledger.set_parts(RUN, 2)
    return runs


async def test_calls_within_the_budget_are_paid_and_corrected() -> None:
    """What a piece reserved beyond its calls is given back when it ends."""
    runs = await opened("1")
    async with runs.budget.tab(RUN, "sentiment part-00001"):
        for _ in range(20):
            await call(CENT, CENT // 2)
    account = await runs.budget.account(RUN)
    assert (account.spent, account.reserved) == (Decimal("0.1"), {})


async def test_the_call_that_exceeds_the_budget_is_not_made() -> None:
    """The run is stopped, with the piece, what is spent, the budget and what is missing."""
    runs = await opened("0.05")
    made = 0
    with pytest.raises(RunStoppedError):
        async with runs.budget.tab(RUN, "mailer part-00002"):
            for _ in range(10):
                await call(CENT, CENT)
                made += 1
    run = await runs.ledger.run(RUN)
    assert (made, run.status, run.is_open, run.has_ended) == (5, RunStatus.STOPPED, False, False)
    assert run.reason == (
        "the budget of 0.0500 dollars does not allow mailer part-00002, which may cost 0.0100: "
        "0.0000 spent, 0.0500 reserved for work in flight, 0.0100 missing"
    )


async def test_a_call_waits_for_calls_in_flight_before_it_gives_up() -> None:
    """They are reserved at the most they can cost, and usually cost less."""
    runs = await opened("0.03")
    async with runs.budget.tab(RUN, "mailer part-00001"):
        await asyncio.gather(*(call(CENT, CENT // 10) for _ in range(20)))
    assert (await runs.budget.account(RUN)).spent == Decimal("0.02")
    assert (await runs.ledger.run(RUN)).is_open


async def test_a_failed_call_costs_nothing() -> None:
    """Throttled calls are not charged, however often they are repeated."""
    runs = await opened("0.03")
    async with runs.budget.tab(RUN, "mailer part-00001"):
        for _ in range(20):
            with pytest.raises(TransientError):
                async with paying({UNIT: CENT}):
                    raise TransientError("throttled")
    assert (await runs.budget.account(RUN)).committed == 0


async def test_without_a_budget_nothing_is_kept() -> None:
    """Neither reads nor writes are added to the run."""
    runs = await opened(None)
    before = dict(runs.table.items)
    async with runs.budget.tab(RUN, "mailer part-00001"):
        await call(10**9, 10**9)
    await runs.budget.reserve(RUN, "recommender training", {UNIT: 10**9})
    await runs.budget.correct(RUN, "recommender training", {UNIT: 1})
    assert runs.table.items == before


async def test_a_long_job_is_reserved_once_and_corrected() -> None:
    """Each poll asks again; afterwards what it really cost counts."""
    runs = await opened("0.03")
    for _ in range(3):
        await runs.budget.reserve(RUN, "another training", {UNIT: 2 * CENT})
    assert (await runs.budget.account(RUN)).committed == Decimal("0.02")
    await runs.budget.correct(RUN, "another training", {UNIT: CENT})
    await runs.budget.correct(RUN, "another", {UNIT: CENT})
    assert (await runs.budget.account(RUN)).committed == Decimal("0.01")
    await runs.budget.reserve(RUN, "another training", {UNIT: 2 * CENT})
    assert (await runs.ledger.run(RUN)).is_open
    with pytest.raises(RunStoppedError, match=r"recommender training, which may cost 0\.0300"):
        await runs.budget.reserve(RUN, "recommender training", {UNIT: 3 * CENT})


async def test_a_stopped_run_pays_nothing_until_it_is_resumed_with_more() -> None:
    """The cheapest call is refused too; what was spent before counts on."""
    runs = await opened("0.02")
    with pytest.raises(RunStoppedError):
        await runs.budget.reserve(RUN, "recommender training", {UNIT: 3 * CENT})
    with pytest.raises(RunStoppedError, match="recommender training"):
        async with runs.budget.tab(RUN, "mailer part-00001"):
            await call(1, 1)
    await runs.budget.resume(RUN, Decimal("0.04"))
    assert (await runs.ledger.run(RUN)).reason is None
    await runs.budget.reserve(RUN, "recommender training", {UNIT: 3 * CENT})
    with pytest.raises(RunStoppedError, match=r"the budget of 0\.0400 dollars"):
        async with runs.budget.tab(RUN, "mailer part-00001"):
            await call(2 * CENT, CENT)


async def test_a_crash_between_account_and_ledger_leaves_nothing_to_be_paid() -> None:
    """The message that comes back stops the run."""
    runs = await opened("0.02")
    stop, runs.ledger.stop = runs.ledger.stop, _crash  # type: ignore[method-assign, assignment] # killed there
    with pytest.raises(ConnectionError):
        await runs.budget.reserve(RUN, "recommender training", {UNIT: 3 * CENT})
    assert (await runs.ledger.run(RUN)).is_open
    runs.ledger.stop = stop  # type: ignore[method-assign] # the next worker
    with pytest.raises(RunStoppedError):
        async with runs.budget.tab(RUN, "sentiment part-00001"):
            await call(1, 1)
    assert (await runs.ledger.run(RUN)).status is RunStatus.STOPPED


async def test_a_ledger_that_does_not_answer_leaves_the_reservation() -> None:
    """It counts as spent, which errs on the safe side; the piece itself has succeeded."""
    runs = await opened("1")
    async with runs.budget.tab(RUN, "mailer part-00001"):
        await call(CENT, 1)
        runs.table.put_item = _refuse  # type: ignore[method-assign] # DynamoDB is down
    assert (await runs.budget.account(RUN)).committed == Decimal("0.01")


async def test_a_call_that_outlives_its_piece_counts_as_paid_in_full() -> None:
    """Nobody is left to say what it cost."""
    runs, ended = await opened("1"), asyncio.Event()

    async def outlive() -> None:
        async with paying({UNIT: CENT}):
            await ended.wait()

    async with runs.budget.tab(RUN, "mailer part-00001"):
        calling = asyncio.create_task(outlive())
        await asyncio.sleep(0.01)
    account = await runs.budget.account(RUN)
    assert (account.spent, account.reserved) == (Decimal("0.01"), {})
    ended.set()
    await calling


def test_no_more_is_reserved_than_is_left() -> None:
    """A piece that wants more than the call at hand takes what there is."""
    account = Account(spent=Decimal(2)).reserve("a", least=Decimal(1), wanted=Decimal(5), budget=Decimal(4))
    assert account
    assert account.committed == 4


def test_what_a_piece_has_reserved_is_paid_once() -> None:
    """The answer to a payment may be lost, so that it is made again."""
    account = Account(reserved={"a": Decimal(2)}).pay("a", Decimal(1))
    assert account.pay("a", Decimal(1)) == account == Account(spent=Decimal(1))


def test_a_run_keeps_its_own_budget_when_it_is_resumed_without_another() -> None:
    """That of the settings may be smaller, and stop it at once."""
    account = Account(limit=Decimal(5), stopped="too dear").resume(None)
    assert (account.limit, account.stopped) == (Decimal(5), "")


def test_a_price_is_rounded_up() -> None:
    """However many small ones there are, the account is no lower than the bill."""
    assert price({UNIT: Decimal("0.0000011")}) == SMALLEST


async def test_a_part_that_is_stopped_is_a_message_that_is_handled() -> None:
    """It is neither retried nor dead-lettered: resuming sends another, and the part is done then."""
    runs = await opened("0.015")
    stage = runs.stage(StageName.MAILER, InMemoryAnnouncer())
    made = 0

    async def work() -> PartResult:
        nonlocal made
        for _ in range(made, 3):
            await call(CENT, CENT)
            made += 1
        return PartResult(counts={"emails": 3})

    await _pass(stage, work)
    assert made == 1
    assert not (await runs.ledger.run(RUN)).stage(StageName.MAILER).done
    await _pass(stage, work)
    assert made == 1
    await runs.budget.resume(RUN, Decimal("0.1"))
    await _pass(stage, work)
    assert made == 3
    assert (await runs.ledger.run(RUN)).stage(StageName.MAILER).done == {1}
    assert (await runs.budget.account(RUN)).spent == Decimal("0.03")


async def test_a_stopped_run_can_be_replaced_and_not_resumed_then() -> None:
    """A newer upload ends it like a run that is open."""
    runs, announcer = await opened("0.02"), InMemoryAnnouncer()
    with pytest.raises(RunStoppedError):
        await runs.budget.reserve(RUN, "recommender training", {UNIT: 3 * CENT})
    await fail_run(RUN, "replaced by a newer upload: run-2", runs.ledger, announcer)
    assert len(announcer.of(RunFinished)) == 1
    await runs.budget.resume(RUN, None)
    assert (await runs.ledger.run(RUN)).status is RunStatus.FAILED


async def _pass(stage: Stage, work: Callable[[], Awaitable[PartResult]]) -> None:
    async def close() -> None:
        raise AssertionError("the run has another part")

    await stage.pass_part(RUN, 1, holder="message", work=work, close=close)


async def _crash(*_: object) -> bool:
    raise ConnectionError


async def _refuse(**_: object) -> dict[str, object]:
    raise ClientError({"Error": {"Code": "InternalServerError"}}, "PutItem")


CALLS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 100)), max_size=6)
"""Of each call the most that it may cost, in cents, and how many per cent of that it does."""
WORKERS = st.lists(
    st.tuples(st.integers(1, 3), CALLS, st.none() | st.integers(0, 30)), min_size=1, max_size=4
)
"""The part that each worker does, perhaps the same as another's; its calls; at which moment it dies."""


class Life:
    """How many moments a worker has lived, and after how many it is killed."""

    def __init__(self, dies_at: int | None) -> None:
        self.moments = 0
        self.dies_at = dies_at


life: ContextVar[Life] = ContextVar("life")
"""Of the worker that a task belongs to."""


@settings(max_examples=100, deadline=None)
@given(WORKERS, st.integers(1, 40), st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_whatever_workers_do_at_the_same_time_the_budget_holds(
    workers: list[tuple[int, list[tuple[int, int]], int | None]], cents: int, order: list[int]
) -> None:
    """What is paid was reserved before, and is never more than the budget; nobody stops without a reason."""
    asyncio.run(_check(workers, Decimal(cents) / 100, order))


async def _check(
    workers: list[tuple[int, list[tuple[int, int]], int | None]], budget_usd: Decimal, order: list[int]
) -> None:
    world = World(budget_usd, order)
    await world.ledger.open_run(RUN, source="s")
    lives = [Life(dies_at) for _, _, dies_at in workers]
    tasks = [
        asyncio.create_task(world.work(part, calls, own))
        for (part, calls, _), own in zip(workers, lives, strict=True)
    ]
    try:
        await asyncio.gather(*(task for task, own in zip(tasks, lives, strict=True) if own.dies_at is None))
        world.check()
        wanted = sum(most for _, calls, _ in workers for most, _ in calls)
        if all(own.dies_at is None for own in lives) and Decimal(wanted) / 100 <= budget_usd:
            found = world.account()
            assert (found.spent, found.reserved, found.stopped) == (world.paid, {}, "")
    finally:
        for task, own in zip(tasks, lives, strict=True):
            own.dies_at = None
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class World:
    """One run's account, and the truth about what has been paid."""

    def __init__(self, budget_usd: Decimal, order: list[int]) -> None:
        self.table = InMemoryDynamoDB(self.moment)
        dynamodb = cast("DynamoDBClient", self.table)  # the operations that it uses
        self.ledger = Ledger(dynamodb, TABLE)
        self.budget = Budget(dynamodb, TABLE, self.ledger, usd=budget_usd)
        self.budget_usd = budget_usd
        self.paid = Decimal(0)
        self.delays = cycle(order)

    async def moment(self) -> None:
        """Let others go on meanwhile, or die."""
        if own := life.get(None):
            own.moments += 1
            if own.dies_at is not None and own.moments > own.dies_at:
                await asyncio.Event().wait()
        for _ in range(next(self.delays)):
            await asyncio.sleep(0)

    def account(self) -> Account:
        """What the table holds at this moment."""
        item = self.table.items.get((RUN, ITEM))
        return Account.model_validate(from_item(item)) if item else Account()

    def check(self) -> None:
        """What is paid is reserved or spent, and that is no more than the budget."""
        assert self.paid <= self.account().committed <= self.budget_usd

    async def work(self, part: int, calls: list[tuple[int, int]], own: Life) -> None:
        """Do a part as far as the budget allows."""
        life.set(own)
        try:
            async with self.budget.tab(RUN, f"mailer part-{part}"):
                await for_each(calls, lambda each: self.pay(*each), parallel=3)
        except RunStoppedError:
            return

    async def pay(self, most: int, share: int) -> None:
        """Make one call."""
        async with paying({UNIT: most * CENT}) as payment:
            self.paid += Decimal(most * share) / 10_000
            payment.used({UNIT: most * share})
            self.check()


async def test_a_tab_reserves_as_much_again_up_to_a_hundredth_of_the_budget() -> None:
    """At first for one call: few writes for many calls, and little lies idle in each of many tabs."""
    runs = await opened("10")
    committed = []
    async with runs.budget.tab(RUN, "mailer part-00001"):
        for _ in range(27):
            await call(CENT, CENT)
            committed.append((await runs.budget.account(RUN)).committed)
    steps = sorted(set(committed))
    assert steps == [Decimal(cents) / 100 for cents in (1, 2, 4, 8, 16, 26, 36)]
    account = await runs.budget.account(RUN)
    assert (account.spent, account.reserved, account.revision) == (Decimal("0.27"), {}, len(steps) + 1)


async def test_a_call_dearer_than_a_hundredth_of_the_budget_is_reserved_alone() -> None:
    """Nothing beyond it: what is left may be somebody else's."""
    runs = await opened("1")
    async with runs.budget.tab(RUN, "mailer part-00001"):
        await call(30 * CENT, CENT)
        assert (await runs.budget.account(RUN)).committed == Decimal("0.3")


async def test_an_account_expires_with_its_run() -> None:
    """After as many days as the ledger keeps runs; else never."""
    runs = await opened("1")
    await runs.budget.reserve(RUN, "another training", {UNIT: CENT})
    assert "expires_at" not in runs.table.items[RUN, ITEM]
    kept = Budget(runs.dynamodb, TABLE, runs.ledger, usd=Decimal(1), keep_days=30)
    await kept.correct(RUN, "another training", {UNIT: 1})
    expires = int(runs.table.items[RUN, ITEM]["expires_at"]["N"])
    assert expires == pytest.approx(time.time() + 30 * 86_400, abs=60)


def test_an_account_stops_and_goes_on() -> None:
    """The first reason stays; while it is stopped nothing is reserved, and what is left is exact."""
    account = Account(spent=Decimal(2), reserved={"a": Decimal(3)})
    assert account.committed == 5
    stopped = account.stop("no budget")
    assert stopped.stop("again").stopped == "no budget"
    assert stopped.reserve("b", least=SMALLEST, wanted=SMALLEST, budget=Decimal(9)) is None
    resumed = stopped.resume(Decimal(6))
    assert (resumed.stopped, resumed.limit, resumed.resume(None).limit) == ("", Decimal(6), Decimal(6))
    assert resumed.reserve("b", least=Decimal(2), wanted=Decimal(2), budget=Decimal(9)) is None
    reserved = resumed.reserve("a", least=Decimal(1), wanted=Decimal(4), budget=Decimal(9))
    assert reserved is not None
    assert (reserved.reserved, reserved.committed) == ({"a": Decimal(4)}, Decimal(6))
    assert reserved.correct("b", Decimal(1)) == reserved
    assert reserved.correct("a", Decimal(1)).reserved == {"a": Decimal(1)}
