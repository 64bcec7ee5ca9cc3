"""Learns from a run's stored records what picks are made from."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial

from encore.contracts import object_keys
from encore.contracts.records import Customer, Product, ProductSentiment, ScoredReview
from encore.recommender.domain.catalogue import Catalogue
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.preferences import liked_products, scores_by_review
from encore.recommender.domain.run_rules import RunRules
from encore.recommender.domain.shop import Shop
from encore.runtime.ports import Objects
from encore.runtime.runs.run import Run


@dataclass(frozen=True, kw_only=True)
class StudyShop:
    """Reads all parts of a run, one at a time: for the families, then for what customers buy together."""

    objects: Objects

    async def run(self, run: Run, run_rules: RunRules) -> Shop:
        """Return the run's shop; memory grows with the catalogue and its links, not with the customers."""
        catalogue = await self._catalogue(run)
        bought = CoPurchases(family=catalogue.family, category=catalogue.category)
        async for number, customers in self._parts(run):
            key = object_keys.sentiment(run.run_id, number)
            scores = scores_by_review(await self.objects.get_lines(key, ScoredReview))
            await asyncio.to_thread(bought.add, customers, partial(liked_products, scores=scores))
        now = int(run.created_at.timestamp())
        return await asyncio.to_thread(Shop.of, catalogue, bought, run_rules, now=now)

    async def _catalogue(self, run: Run) -> Catalogue:
        products = await self.objects.get_lines(object_keys.products(run.run_id), Product)
        sentiments = await self.objects.get_lines(object_keys.product_sentiment(run.run_id), ProductSentiment)
        shared = SharedReviews()
        async for _, customers in self._parts(run):
            shared.add(customers)
        return await asyncio.to_thread(Catalogue, products, sentiments, shared)

    async def _parts(self, run: Run) -> AsyncIterator[tuple[int, Sequence[Customer]]]:
        for number in range(1, (run.parts or 0) + 1):
            yield number, await self.objects.get_lines(object_keys.customers(run.run_id, number), Customer)
