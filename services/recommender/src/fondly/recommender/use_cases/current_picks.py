"""A customer's current picks: what a run would pick for them now, by all that is known now.

The shop that picks are made from is kept open; a newer one is opened while the old one goes on answering.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from botocore.exceptions import ClientError

from fondly.contracts.clock import utc_now
from fondly.contracts.errors import InvalidFileError
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.realtime.current_picks import CurrentAnswer, Edition, PickedFrom
from fondly.recommender.domain.study.witnesses import weight_of
from fondly.recommender.ports import CustomerRecords, NoRankingError, NoShopError, OpenedShop
from fondly.recommender.use_cases.load_rules import LoadRules
from fondly.runtime.errors import error_code
from fondly.runtime.logs import get_logger
from fondly.runtime.runs.ledger import Ledger

LINGER_S = 10.0
"""How long a replaced shop stays open: whoever has begun to ask it is answered by then."""
Ask = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the products that a campaign ranks for a customer, best first."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class FindEdition:
    """The latest run that has been studied, its rules, and the shop's file of today.

    On the day of the run the time is the run's, so that picks are those of the run. From the next day on it
    is the beginning of the day (UTC): what is new in the shop is offered, and a shop is made anew because of
    it once a day at most.
    """

    latest_shop: DynamoDBKnownShop
    ledger: Ledger
    load_rules: LoadRules
    clock: Callable[[], datetime] = utc_now

    async def find(self) -> Edition | None:
        """Return the shop to make picks from; None before any run has been studied."""
        run_id = await self.latest_shop.owner()
        if run_id is None:
            return None
        run = await self.ledger.run(run_id)
        today = self.clock().replace(hour=0, minute=0, second=0, microsecond=0)
        rules, problem = await self._rules(run_id)
        now = int(max(run.created_at, today).timestamp())
        return Edition(run_id, rules, now, weight_of(run), problem)

    async def _rules(self, run_id: str) -> tuple[RunRules, str | None]:
        """Return the run's rules, if it has any, with today's shop file, or why that is not used."""
        given = RunRules(rules=self.load_rules.rules, picks=self.load_rules.picks)
        rules = await self.load_rules.stored(run_id) or given
        try:
            return rules.model_copy(update={"shop": await self.load_rules.shop_rules()}), None
        except InvalidFileError as error:
            return rules, str(error)


@dataclass(kw_only=True)
class KeepShop:
    """Looks every `renew_s` seconds whether there is a newer shop, and opens it beside the old one."""

    find_edition: FindEdition
    open_shop: Callable[[Edition], Awaitable[OpenedShop]]
    renew_s: float
    linger_s: float = LINGER_S
    _opened: OpenedShop | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def current(self) -> OpenedShop:
        """The open shop; raises `NoShopError` if there is none."""
        if self._opened is None:
            raise NoShopError
        return self._opened

    def report_broken(self, shop: OpenedShop) -> None:
        """Have a shop that closed by itself opened again at once."""
        if shop is self._opened:
            log.warning("shop_process_ended", run_id=shop.edition.run_id)
            self.close()
            self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the latest shop open until `stop` is set; then close it."""
        keeping = asyncio.create_task(self._keep())
        try:
            await stop.wait()
        finally:
            keeping.cancel()  # loading may take longer than stopping may
            await asyncio.wait({keeping})
            self.close()

    async def _keep(self) -> None:
        while True:
            await self.renew()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self.renew_s)
            self._wake.clear()

    async def renew(self) -> None:
        """Open the latest shop unless it is open; a failure is logged, and the old one stays open."""
        try:
            edition = await self.open()
        except Exception:
            log.exception("shop_not_renewed")
            return
        if edition:
            log.info("shop_opened", run_id=edition.run_id, digest=edition.digest)
            if edition.file_problem:
                log.warning("shop_file_not_used", problem=edition.file_problem)

    async def open(self) -> Edition | None:
        """Open the latest shop and return its edition, unless it is open or there is none yet; may raise."""
        edition = await self.find_edition.find()
        if edition is None or (self._opened and self._opened.edition.digest == edition.digest):
            return None
        opened = await self.open_shop(edition)
        if self._opened:
            asyncio.get_running_loop().call_later(self.linger_s, self._opened.close)
        self._opened = opened
        return edition

    def close(self) -> None:
        """Close the open shop without lingering."""
        if self._opened:
            self._opened.close()
            self._opened = None


@dataclass(frozen=True, kw_only=True)
class CurrentPicks:
    """Picks by the rules of a run: the same state gives what the run gave."""

    shops: KeepShop
    customers: CustomerRecords
    ask: Ask | None = None
    """Asks the campaign, if runs keep one; what stands in for it is the ranking of the last run."""
    deadline_s: float
    """How long it may take: a customer waits."""

    async def find(self, customer_id: str) -> CurrentAnswer:
        """Return a customer's picks.

        For whoever is excluded nothing personal is picked, and nothing is paid. Raises `NoShopError` before
        any run has been studied, and if the shop's process has ended.
        """
        shop = self.shops.current
        wanted = await self.customers.read(customer_id, shop.edition)
        picked_from, fallback = PickedFrom.BATCH if wanted.ranked else PickedFrom.POPULARITY, None
        if self.ask and not wanted.exclusion:
            try:
                wanted = replace(wanted, ranked=await self._in_time(self.ask(customer_id)))
                picked_from = PickedFrom.CAMPAIGN
            except NoRankingError as reason:
                fallback = str(reason)
        try:
            picks = await shop.picks(wanted)
        except NoShopError:
            self.shops.report_broken(shop)
            raise
        return CurrentAnswer(wanted, shop.edition.run_id, picked_from, fallback, picks)

    async def _in_time(self, asked: Awaitable[Sequence[str]]) -> tuple[str, ...]:
        """Return what is ranked in time; the reason of a `NoRankingError` never names the customer."""
        try:
            async with asyncio.timeout(self.deadline_s):
                found = await asked
        except NoRankingError:
            raise
        except TimeoutError as error:
            raise NoRankingError(f"no answer within {self.deadline_s * 1000:.0f} ms") from error
        except Exception as error:
            code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
            raise NoRankingError(f"Personalize: {code}") from error
        if not found:
            raise NoRankingError("nothing was ranked")
        return tuple(found)
