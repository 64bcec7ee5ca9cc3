"""Makes the shop of a run that has been studied, for the run itself and for whoever asks after it."""

import asyncio

from encore.recommender.domain import learned_keys
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.real_time import Edition
from encore.recommender.domain.shop import Shop
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.runtime.ports import Objects


async def open_shop(objects: Objects, know: KnowCatalogue, edition: Edition) -> Shop:
    """Read what a run has learned and make its shop, ready to pick from at once."""
    catalogue = await know.catalogue(edition.run_id)
    bought = CoPurchases(family=catalogue.family, category=catalogue.category)
    counted = await objects.get(learned_keys.links(edition.run_id))
    await asyncio.to_thread(bought.merge, counted)
    return await asyncio.to_thread(Shop.of, catalogue, bought, edition.rules, now=edition.now)
