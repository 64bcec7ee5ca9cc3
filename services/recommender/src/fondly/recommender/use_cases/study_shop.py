"""Learns what customers have together, bundle by bundle, and from it the shop that picks are made from."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import liked_products
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.realtime.current_picks import Edition
from fondly.recommender.domain.run_state import Bundle, bundles_of
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.domain.study.co_purchases import CoPurchases
from fondly.recommender.use_cases.know_catalogue import KeepLatest, KnowCatalogue
from fondly.recommender.use_cases.know_customers import KnowCustomers, scores_of
from fondly.runtime.ports import Objects
from fondly.runtime.runs.run import Run


@dataclass(frozen=True, kw_only=True)
class StudyShop:
    """Counts each bundle's customers once, and a share of those of earlier files; the shop is made from all.

    Families must be known before, from the reviews that products share. Memory grows with the catalogue and
    its links, not with the customers.
    """

    objects: Objects
    know: KnowCatalogue
    customers: KnowCustomers
    known_shop: DynamoDBKnownShop
    _shop: KeepLatest[Shop] = field(default_factory=KeepLatest)

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Count and store what a bundle's customers, and its share of the others, have together."""
        bought = await self.know.nothing_bought(run.run_id)
        for part in bundle.parts:
            await asyncio.to_thread(count, bought, await self.customers.histories(run.run_id, part))
        async for some in self.customers.others(run.run_id, bundle.first):
            await asyncio.to_thread(count, bought, some)
        await self._put(learned_keys.links(run.run_id, bundle.first), bought)

    async def close(self, run: Run) -> None:
        """Merge all bundles, in their order, so that every task makes the same shop of them: the latest."""
        bought = await self.know.nothing_bought(run.run_id)
        for bundle in bundles_of(run):
            counted = await self.objects.get(learned_keys.links(run.run_id, bundle.first))
            await asyncio.to_thread(bought.merge, counted)
        await self._put(learned_keys.links(run.run_id), bought)
        await self.known_shop.set(run.run_id)

    async def shop(self, run: Run, run_rules: RunRules) -> Shop:
        """Return the run's shop, made once by each task."""
        edition = Edition.of(run, run_rules)
        return await self._shop.get(run.run_id, lambda: self.know.shop(edition))

    async def _put(self, key: str, bought: CoPurchases) -> None:
        file = await asyncio.to_thread(bought.to_bytes)
        await self.objects.put(key, file, content_type=learned_keys.ARRAYS_TYPE)


def count(bought: CoPurchases, histories: Sequence[History]) -> None:
    """Count what customers have together."""
    bought.add((one.customer for one in histories), partial(liked_products, scores=scores_of(histories)))
