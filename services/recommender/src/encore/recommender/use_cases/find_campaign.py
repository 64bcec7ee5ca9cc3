"""Finds the campaign that can be asked now, as the latest run has left it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

from encore.recommender.domain.filters import PROMOTION
from encore.recommender.ports import CampaignRequest, LatestShop, Promotion
from encore.recommender.use_cases.rest_campaign import CAMPAIGN
from encore.runtime.logs import get_logger
from encore.runtime.runs.ledger import Ledger
from encore.runtime.runs.run import Run

log = get_logger()


async def _nothing() -> None:
    pass


@dataclass(kw_only=True)
class FindCampaign:
    """Looks every `keep_s` seconds; a newer run that has no campaign yet leaves the one before in use."""

    latest_shop: LatestShop
    ledger: Ledger
    num_results: int
    promote_new_percent: int = 0
    mark_use: Callable[[], Awaitable[object]] = _nothing
    """Leaves a sign of use at every look: a campaign that nobody uses is deleted."""
    keep_s: float = 30.0
    clock: Callable[[], float] = monotonic
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _found: CampaignRequest | None = None
    _look_at: float = 0.0

    async def find(self) -> CampaignRequest | None:
        """Return what to ask a campaign; None if no run has made one."""
        if self.clock() >= self._look_at:
            async with self._looking:
                if self.clock() >= self._look_at:
                    await self._look()
                    self._look_at = self.clock() + self.keep_s
        return self._found

    async def _look(self) -> None:
        run_id = await self.latest_shop.get()
        run = await self.ledger.run(run_id) if run_id else None
        if run and run.step.get(CAMPAIGN):
            self._found = self._request(run)
        if self._found:
            await self._leave_sign()

    def _request(self, run: Run) -> CampaignRequest:
        promotes = run.step.get("promotion_filter")
        promotion = Promotion(PROMOTION, self.promote_new_percent, promotes) if promotes else None
        return CampaignRequest(run.step[CAMPAIGN], self.num_results, run.step["filter"], promotion)

    async def _leave_sign(self) -> None:
        try:
            await self.mark_use()
        except Exception as error:  # noqa: BLE001 - the campaign answers all the same
            log.warning("use_not_recorded", error=type(error).__name__)
