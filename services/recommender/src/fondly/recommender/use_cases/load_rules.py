"""Reads what a run's products are picked by: the service's rules and the shop's file."""

import asyncio
from dataclasses import dataclass

from fondly.contracts import object_keys
from fondly.recommender.domain.picking.rules import DEFAULT_PICKS, Rules, RunRules
from fondly.recommender.domain.shop.merchandising import MAX_BYTES, ShopRules, read_shop_rules
from fondly.runtime.ports import Objects
from fondly.runtime.runs.run import Run

JSON_TYPE = "application/json"


@dataclass(frozen=True, kw_only=True)
class LoadRules:
    """Combines the service's `rules` and number of `picks` with the shop's file, which may be missing."""

    objects: Objects
    rules: Rules
    picks: int = DEFAULT_PICKS

    async def shop_rules(self) -> ShopRules:
        """Return what the shop's file says now; raise `InvalidFileError` if it cannot be used."""
        body = await self.objects.find(object_keys.MERCHANDISING, max_bytes=MAX_BYTES + 1)
        if body is None:
            return ShopRules()
        return await asyncio.to_thread(read_shop_rules, body, file=object_keys.MERCHANDISING)

    async def load(self, run: Run) -> RunRules:
        """Return the run's rules: those of the first call for the run, which stores them.

        That first call comes after the training, so that what the shop decided meanwhile counts. It raises
        `InvalidFileError` if the shop's file cannot be used.
        """
        if (stored := await self.stored(run.run_id)) is not None:
            return stored
        found = RunRules(rules=self.rules, picks=self.picks, shop=await self.shop_rules())
        body = found.model_dump_json().encode()
        await self.objects.put(object_keys.run_rules(run.run_id), body, content_type=JSON_TYPE)
        return found

    async def stored(self, run_id: str) -> RunRules | None:
        """Return the rules that a run has; those of another release may have members unknown here."""
        stored = await self.objects.find(object_keys.run_rules(run_id))
        return None if stored is None else RunRules.model_validate_json(stored, extra="ignore")
