"""A customer's current picks: what a run would pick for them now, by all that is known now."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from botocore.exceptions import ClientError

from fondly.recommender.domain.realtime.current_picks import CurrentAnswer, PickedFrom
from fondly.recommender.ports import CustomerRecords, NoRankingError, NoShopError
from fondly.recommender.use_cases.keep_shop import KeepShop
from fondly.runtime.errors import error_code

Ask = Callable[[str], Awaitable[Sequence[str]]]
"""Returns the products that a campaign ranks for a customer, best first."""


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
        source, fallback = PickedFrom.BATCH if wanted.ranked else PickedFrom.POPULARITY, None
        if self.ask and not wanted.exclusion:
            try:
                wanted = replace(wanted, ranked=await self._in_time(self.ask(customer_id)))
                source = PickedFrom.CAMPAIGN
            except NoRankingError as reason:
                fallback = str(reason)
        try:
            picks = await shop.picks(wanted)
        except NoShopError:
            self.shops.report_broken(shop)
            raise
        return CurrentAnswer(wanted, shop.edition.run_id, source, fallback, picks)

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
