"""Finds the campaign that can be asked now, as the latest run has left it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from encore.recommender.ports import CampaignNow, LatestShop
from encore.runtime.runs.ledger import Ledger

CAMPAIGN, FILTER = "campaign", "filter"
"""The members of a run's step state with the ARNs of the campaign, and of the filter to ask it with."""


async def _nothing() -> None:
    pass


@dataclass(kw_only=True)
class FindCampaign:
    """Looks every `keep_s` seconds; a newer run that has no campaign yet leaves the one before in use."""

    latest_shop: LatestShop
    ledger: Ledger
    mark_use: Callable[[], Awaitable[object]] = _nothing
    """Leaves a sign of use at every look: a campaign that nobody uses is deleted."""
    keep_s: float = 30.0
    clock: Callable[[], float] = monotonic
    _found: CampaignNow | None = None
    _look_at: float = 0.0

    async def find(self) -> CampaignNow | None:
        """Return the campaign to ask; None if no run has made one."""
        if self.clock() >= self._look_at:
            self._look_at = self.clock() + self.keep_s
            await self._look()
        return self._found

    async def _look(self) -> None:
        run_id = await self.latest_shop.get()
        step = (await self.ledger.run(run_id)).step if run_id else {}
        if arn := step.get(CAMPAIGN):
            self._found = CampaignNow(arn, step.get(FILTER))
        if self._found:
            await self.mark_use()
