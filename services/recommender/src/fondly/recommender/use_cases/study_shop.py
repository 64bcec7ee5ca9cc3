"""Reads a run's catalogue once per task, and learns what customers have together, bundle by bundle."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeVar

from fondly.contracts import object_keys
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import Product, ProductQuotes, ProductSentiment
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import liked_products
from fondly.recommender.domain.picking.rules import RunRules
from fondly.recommender.domain.realtime.current_picks import Edition
from fondly.recommender.domain.run_state import Bundle, bundles_of
from fondly.recommender.domain.shop.assortment import Assortment, still_sold
from fondly.recommender.domain.shop.catalogue import Catalogue
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.recommender.domain.shop.matching import unmatched
from fondly.recommender.domain.shop.merchandising import ShopRules
from fondly.recommender.domain.shop.shop import Shop
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.domain.study.co_purchases import CoPurchases
from fondly.recommender.use_cases.know_customers import KnowCustomers, scores_of
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Objects
from fondly.runtime.runs.run import Run

Made = TypeVar("Made")
Products = Mapping[str, Product]
MOST_UNMATCHED = 50
"""A run names so many rules that match nothing: its record in the ledger is bounded."""
log = get_logger()


class KeepLatest(Generic[Made]):
    """Holds one thing, by a key; another key replaces it, so memory holds one run's.

    It is made once however many messages ask for it at the same time. If making it fails or is cancelled,
    whoever asks next makes it.
    """

    def __init__(self) -> None:
        self._making = asyncio.Lock()
        self._kept: tuple[Hashable, Made] | None = None

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
        """Return what was made for the key, or make it."""
        async with self._making:
            if self._kept is None or self._kept[0] != key:
                self._kept = None  # let go of the previous one first: two would take twice the memory
                self._kept = (key, await make())
            return self._kept[1]


@dataclass(frozen=True, kw_only=True)
class KnowCatalogue:
    """Keeps the catalogue of the run that was asked about last."""

    objects: Objects
    _products: KeepLatest[Products] = field(default_factory=KeepLatest)
    _catalogue: KeepLatest[Catalogue] = field(default_factory=KeepLatest)

    async def products(self, run_id: str) -> Products:
        """Return the run's products by id."""
        return await self._products.get(run_id, lambda: self._read_products(run_id))

    async def write(self, run_id: str, earlier: str | None, assortment: Assortment) -> None:
        """Write the catalogue: the file's products, and those of the `earlier` run that are still sold."""
        products = await self.objects.get_lines(object_keys.products(run_id), Product)
        sentiments = await self.objects.get_lines(object_keys.product_sentiment(run_id), ProductSentiment)
        if earlier:
            known = await self.objects.find_lines(learned_keys.products(earlier), Product)
            report = await self.objects.find_lines(object_keys.ingest_report(run_id), IngestReport)
            sold = still_sold(products, known, assortment, report=report[0] if report else None)
            kept = {one.product_id: one for one in sold}
            before = await self.objects.find_lines(learned_keys.sentiments(earlier), ProductSentiment)
            products += kept.values()
            sentiments += [one for one in before if one.product_id in kept]
            log.info("catalogue_written", products=len(products), of_earlier_files=len(kept), earlier=earlier)
        await self.objects.put_lines(learned_keys.products(run_id), products)
        await self.objects.put_lines(learned_keys.sentiments(run_id), sentiments)

    async def sentiments(self, run_id: str) -> list[ProductSentiment]:
        """Return what is known of the run's products."""
        return await self.objects.get_lines(learned_keys.sentiments(run_id), ProductSentiment)

    async def catalogue(self, run_id: str) -> Catalogue:
        """Return the catalogue with its families, once the run is prepared."""
        return await self._catalogue.get(run_id, lambda: self._make_catalogue(run_id))

    async def unmatched(self, run_id: str, rules: ShopRules) -> tuple[str, ...]:
        """Return the first of the shop's rules that nothing matches; a shop without rules costs nothing."""
        if rules == ShopRules():
            return ()
        catalogue = await self.catalogue(run_id)
        products, brand = catalogue.products.values(), catalogue.brand
        found = await asyncio.to_thread(unmatched, rules, products, lambda one: [brand(one.product_id)])
        return tuple(found[:MOST_UNMATCHED])

    async def shop(self, edition: Edition, *changes: tuple[bytes, int]) -> Shop:
        """Return the shop of a studied run; each of the `changes` is a count and how many times it counts."""
        bought = await self.nothing_bought(edition.run_id)
        for counted, times in ((await self.objects.get(learned_keys.links(edition.run_id)), 1), *changes):
            await asyncio.to_thread(bought.merge, counted, times)
        catalogue = await self.catalogue(edition.run_id)
        shop = await asyncio.to_thread(Shop.of, catalogue, bought, edition.rules, now=edition.now)
        return replace(shop, ranking_weight=edition.ranking_weight)

    async def nothing_bought(self, run_id: str) -> CoPurchases:
        """Return counts of what customers have together, without anybody's yet."""
        catalogue = await self.catalogue(run_id)
        return CoPurchases(family=catalogue.family, category=catalogue.category)

    async def _read_products(self, run_id: str) -> Products:
        products = await self.objects.get_lines(learned_keys.products(run_id), Product)
        return {product.product_id: product for product in products}

    async def _make_catalogue(self, run_id: str) -> Catalogue:
        products, sentiments = await self.products(run_id), await self.sentiments(run_id)
        (shared,) = await self.objects.get_lines(learned_keys.shared_reviews(run_id), SharedReviews)
        return await asyncio.to_thread(Catalogue, products.values(), sentiments, shared)


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
        """Return the run's shop, with what emails may quote, made once by each task."""
        return await self._shop.get(
            run.run_id, lambda: self._make_shop(run.run_id, Edition.of(run, run_rules))
        )

    async def _make_shop(self, run_id: str, edition: Edition) -> Shop:
        shop = await self.know.shop(edition)
        found = await self.objects.find_lines(object_keys.quotes(run_id), ProductQuotes)
        return replace(shop, quotes={one.product_id: one.quotes for one in found})

    async def _put(self, key: str, bought: CoPurchases) -> None:
        file = await asyncio.to_thread(bought.to_bytes)
        await self.objects.put(key, file, content_type=learned_keys.ARRAYS_TYPE)


def count(bought: CoPurchases, histories: Sequence[History]) -> None:
    """Count what customers have together."""
    bought.add((one.customer for one in histories), partial(liked_products, scores=scores_of(histories)))
