"""Learns what customers have together, bundle by bundle, and from it the shop that picks are made from."""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from encore.contracts import object_keys
from encore.contracts.records import Customer, ScoredReview
from encore.recommender.domain import learned_keys
from encore.recommender.domain.bundles import Bundle, bundles_of
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.preferences import liked_products, scores_by_review
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop import Shop
from encore.recommender.use_cases.keep_latest import KeepLatest
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.runtime.ports import Objects
from encore.runtime.runs.run import Run


@dataclass(frozen=True, kw_only=True)
class StudyShop:
    """Counts each bundle's customers once; the shop is then made from the counts of all.

    Families must be known before, from the reviews that products share in the whole run. Memory grows with
    the catalogue and its links, not with the customers.
    """

    objects: Objects
    know: KnowCatalogue
    _shop: KeepLatest[Shop] = field(default_factory=KeepLatest)

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Count and store what a bundle's customers have together."""
        bought = await self._nothing(run)
        for part in bundle.parts:
            customers, scored = await asyncio.gather(
                self.objects.get_lines(object_keys.customers(run.run_id, part), Customer),
                self.objects.get_lines(object_keys.sentiment(run.run_id, part), ScoredReview),
            )
            liked = partial(liked_products, scores=scores_by_review(scored))
            await asyncio.to_thread(bought.add, customers, liked)
        await self._put(learned_keys.links(run.run_id, bundle.first), bought)

    async def close(self, run: Run) -> dict[str, str]:
        """Merge all bundles, in their order, so that every task makes the same shop of them."""
        bought = await self._nothing(run)
        for bundle in bundles_of(run):
            counted = await self.objects.get(learned_keys.links(run.run_id, bundle.first))
            await asyncio.to_thread(bought.merge, counted)
        await self._put(learned_keys.links(run.run_id), bought)
        return {}

    async def shop(self, run: Run, run_rules: RunRules) -> Shop:
        """Return the run's shop, made once by each task."""
        return await self._shop.get(run.run_id, lambda: self._make(run, run_rules))

    async def _make(self, run: Run, run_rules: RunRules) -> Shop:
        bought = await self._nothing(run)
        counted = await self.objects.get(learned_keys.links(run.run_id))
        await asyncio.to_thread(bought.merge, counted)
        catalogue = await self.know.catalogue(run.run_id)
        now = int(run.created_at.timestamp())
        return await asyncio.to_thread(Shop.of, catalogue, bought, run_rules, now=now)

    async def _nothing(self, run: Run) -> CoPurchases:
        catalogue = await self.know.catalogue(run.run_id)
        return CoPurchases(family=catalogue.family, category=catalogue.category)

    async def _put(self, key: str, bought: CoPurchases) -> None:
        file = await asyncio.to_thread(bought.to_bytes)
        await self.objects.put(key, file, content_type=learned_keys.ARRAYS_TYPE)
