"""A run's budget: what the AI services may charge for it. Before it is exceeded, the run is stopped.

Whoever is about to pay asks first. Calls are paid from the tab of the piece of work that makes them
(`paying`); a tab reserves in the ledger before it pays, at first for one call and then for more at a time. A
long job is reserved as a whole (`Budget.reserve`). When the budget does not allow a call or a job, the run is
stopped: no message is lost or received in vain by that, because a run that is stopped drops its messages like
one that has ended, and resuming it sends them again.

A tab's calls are reserved at the most they can cost, so the budget holds exactly; a job of which the cost is
only expected may exceed it by as much as the expectation was wrong. Without a budget nothing is read or kept.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from fondly.contracts.errors import TransientError
from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.account import NOTHING, Account, price
from fondly.runtime.runs.items import get_item, key, put_if
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.lifecycle import stop_run
from fondly.runtime.storage import expires_at, to_item

ITEM = "budget"
MAX_ATTEMPTS = 100
"""An attempt fails only when another worker's change has succeeded meanwhile."""
SHARE_AT_A_TIME = Decimal("0.01")
"""How much of the budget a tab reserves at most beyond its next call: so little may lie idle in each."""
log = get_logger()


class RunStoppedError(Exception):
    """The run's budget does not allow what was about to be paid; the message says what is missing."""


class Payment:
    """What a call turned out to cost; nothing if it failed."""

    usd = NOTHING

    def used(self, units: Mapping[str, int]) -> None:
        """Note the units that the call is charged for."""
        self.usd = price(units)


@dataclass(frozen=True)
class Budget:
    """The accounts of runs in the runs table; without `usd` nothing is limited."""

    dynamodb: DynamoDBClient
    table: str
    ledger: Ledger
    usd: Decimal | None
    keep_days: int | None = None

    @asynccontextmanager
    async def tab(self, run_id: str, piece: str) -> AsyncIterator[None]:
        """Have every call that is made in the body paid by this piece of a run."""
        if self.usd is None:
            yield
            return
        tab = _Tab(self, run_id, piece, at_a_time=self.usd * SHARE_AT_A_TIME)
        token = _current.set(tab)
        try:
            yield
        finally:
            _current.reset(token)
            await tab.close()

    async def reserve(self, run_id: str, piece: str, units: Mapping[str, int | Decimal]) -> None:
        """Reserve what a long job costs, once; raise `RunStoppedError` if the budget does not allow it."""
        if self.usd is None:
            return
        usd = price(units)
        if piece in (await self.account(run_id)).reserved:
            return
        if not await self.extend(run_id, piece, least=usd, wanted=usd):
            raise await self.stop(run_id, piece, usd)

    async def correct(self, run_id: str, piece: str, units: Mapping[str, int | Decimal]) -> None:
        """Replace what a long job has reserved by what it was charged for."""
        if self.usd is not None:
            await self._change(run_id, lambda account: account.correct(piece, price(units)))

    async def account(self, run_id: str) -> Account:
        """Return a run's account, empty if nothing has been paid."""
        return Account.model_validate(await get_item(self.dynamodb, self.table, key(run_id, ITEM)))

    async def extend(self, run_id: str, name: str, *, least: Decimal, wanted: Decimal) -> Decimal:
        """Reserve more under a name; return how much, zero if not even the least is left."""
        budget, before, after = self.usd or NOTHING, NOTHING, NOTHING

        def reserve(account: Account) -> Account | None:
            nonlocal before, after
            before = after = account.committed
            reserved = account.reserve(name, least=least, wanted=wanted, budget=budget)
            after = reserved.committed if reserved else before
            return reserved

        await self._change(run_id, reserve)
        return after - before

    async def pay(self, run_id: str, name: str, paid: Decimal) -> None:
        """Turn what was reserved under a name into what was paid."""
        await self._change(run_id, lambda account: account.pay(name, paid))

    async def stop(
        self, run_id: str, piece: str, usd: Decimal, *, short: Decimal | None = None
    ) -> RunStoppedError:
        """Stop the run before something that may cost so much, and return the error to raise.

        `short` is what of it is not reserved yet, by default all. The account is closed first: a crash in
        between leaves a run in which nothing can be paid, and the message that comes back stops it.
        """
        account = await self.account(run_id)
        budget = account.limit or self.usd or NOTHING
        missing = account.committed + (usd if short is None else short) - budget
        reason = (
            f"the budget of {budget:.4f} dollars does not allow {piece}, which may cost {usd:.4f}: "
            f"{account.spent:.4f} spent, {account.committed - account.spent:.4f} reserved for work in "
            f"flight, {missing:.4f} missing"
        )
        await self._change(run_id, lambda account: account.stop(reason))
        reason = (await self.account(run_id)).stopped
        await stop_run(run_id, reason, self.ledger)
        return RunStoppedError(reason)

    async def resume(self, run_id: str, limit: Decimal | None) -> None:
        """Let a stopped run be paid for again, with another budget unless that is None."""
        await self._change(run_id, lambda account: account.resume(limit))
        await self.ledger.resume(run_id)

    async def _change(self, run_id: str, change: Callable[[Account], Account | None]) -> None:
        """Change the account; if another worker has changed it since it was read, read it again."""
        for _ in range(MAX_ATTEMPTS):
            account = await self.account(run_id)
            changed = change(account)
            if changed is None or changed == account or await self._replace(run_id, account, changed):
                return
        raise TransientError(f"the account of {run_id} changes all the time")

    async def _replace(self, run_id: str, account: Account, changed: Account) -> bool:
        values = {**changed.model_dump(), "revision": account.revision + 1}
        item = key(run_id, ITEM) | to_item({**values, **expires_at(self.keep_days)})
        unchanged = "attribute_not_exists(run_id) OR revision = :before"
        return await put_if(self.dynamodb, self.table, item, unchanged, {":before": account.revision})


class _Tab:
    """What one worker pays for one piece of a run; its name is its own, whoever else does the piece."""

    def __init__(self, budget: Budget, run_id: str, piece: str, *, at_a_time: Decimal) -> None:
        self._budget = budget
        self._run_id = run_id
        self._piece = piece
        self._name = f"{piece}#{uuid4().hex[:8]}"
        self._at_a_time = at_a_time
        self._reserved = self._paid = self._in_flight = NOTHING
        self._changed = asyncio.Condition()

    async def take(self, usd: Decimal) -> None:
        """Wait while others may cost less than kept; raise `RunStoppedError` if it may not cost so much."""
        async with self._changed:
            while (short := usd - self._free) > NOTHING:
                wanted = max(short, min(self._reserved, self._at_a_time))
                more = await self._budget.extend(self._run_id, self._name, least=short, wanted=wanted)
                self._reserved += more
                if not more and self._in_flight:
                    await self._changed.wait()
                elif not more:
                    raise await self._budget.stop(self._run_id, self._piece, usd, short=short)
            self._in_flight += usd

    @property
    def _free(self) -> Decimal:
        return self._reserved - self._paid - self._in_flight

    async def give_back(self, usd: Decimal, paid: Decimal) -> None:
        """End a call that was allowed to cost so much."""
        async with self._changed:
            self._in_flight -= usd
            self._paid += paid
            self._changed.notify_all()

    async def close(self) -> None:
        """Pay the tab and what outlives it; if that fails, what is reserved counts as spent."""
        if not self._reserved:
            return
        owed, self._reserved, self._paid = self._paid + self._in_flight, self._in_flight, NOTHING
        try:
            await self._budget.pay(self._run_id, self._name, owed)
        except (BotoCoreError, ClientError, TransientError) as error:
            log.warning("budget_not_paid", piece=self._piece, error=repr(error))


_current: ContextVar[_Tab | None] = ContextVar("tab", default=None)
"""The tab of the piece of work that is being done; tasks inherit it."""


@asynccontextmanager
async def paying(most: Mapping[str, int]) -> AsyncIterator[Payment]:
    """Make a call in the body that is charged at most these units; note on the payment what it was.

    Raises `RunStoppedError` instead if the run's budget does not allow it. Outside of a tab nothing is
    limited.
    """
    tab, payment = _current.get(), Payment()
    if tab is None:
        yield payment
        return
    usd = price(most)
    await tab.take(usd)
    try:
        yield payment
    finally:
        await tab.give_back(usd, payment.usd)
