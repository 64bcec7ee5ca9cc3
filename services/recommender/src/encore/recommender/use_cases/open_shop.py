"""Makes the shop of a run that has been studied, for the run itself and for whoever asks after it."""

import asyncio

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.co_purchases import CoPurchases
from encore.recommender.domain.current_shop import CurrentShop
from encore.recommender.domain.real_time import Edition
from encore.recommender.domain.related import Related, RelatedTo
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.woven import Answer
from encore.recommender.ports import RankedObjects
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.runtime.ports import Objects


async def open_shop(objects: Objects, know: KnowCatalogue, edition: Edition) -> Shop:
    """Read what a run has learned and make its shop, ready to pick from at once."""
    catalogue = await know.catalogue(edition.run_id)
    bought = CoPurchases(family=catalogue.family, category=catalogue.category)
    counted = await objects.get(learned_keys.links(edition.run_id))
    await asyncio.to_thread(bought.merge, counted)
    lists = await objects.find_lines(learned_keys.related(edition.run_id), RelatedTo)
    related = await asyncio.to_thread(Related.of, lists, catalogue.family)
    return await asyncio.to_thread(
        Shop.of, catalogue, bought, edition.rules, now=edition.now, related=related
    )


async def open_current_shop(objects: RankedObjects, edition: Edition) -> CurrentShop:
    """Make the shop, and read what goes with its products."""
    shop = await open_shop(objects, KnowCatalogue(objects=objects), edition)
    ids: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for number in range(1, edition.product_files + 1):
        async for line in objects.lines(personalize_keys.product_output(edition.run_id, number)):
            if found := Answer.read(line):
                lists[found.product_id] = tuple(ids.setdefault(one, one) for one in found.related)
    return CurrentShop(shop, lists)
