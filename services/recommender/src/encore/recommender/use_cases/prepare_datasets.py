"""Writes a run's datasets bundle by bundle, with never more than one bundle and the catalogue in memory.

A bundle's customers are written with all that is known of them, and remembered.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.contracts.records import Customer
from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.assortment import Assortment
from encore.recommender.domain.batch import input_lines, ranked_customers
from encore.recommender.domain.bundles import BUNDLE_PARTS, Bundle, parts_per_bundle
from encore.recommender.domain.csv_files import csv_file, is_fit_id
from encore.recommender.domain.dataset_files import DatasetFiles
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.prepared import ENGINE, POPULARITY, POPULARITY_REASON, PreparedBundle
from encore.recommender.domain.rows import item_row
from encore.recommender.domain.schemas import ITEMS
from encore.recommender.ports import KnownShop
from encore.recommender.use_cases.keep_rankings import KeepRankings
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.runtime.consent import suppressed
from encore.runtime.ports import Items, Objects
from encore.runtime.runs.run import Run

SWITCHED_OFF = "rankings are switched off"


@dataclass(frozen=True, kw_only=True)
class PrepareDatasets:
    """Turns a scored run into the files that Personalize imports and the input of its batch job.

    All files have deterministic keys, so repeating anything is harmless.
    """

    objects: Objects
    know: KnowCatalogue
    customers: KnowCustomers
    rankings: KeepRankings
    known_shop: KnownShop
    suppressions: Items
    """Who must not be written to: nothing is ranked, and paid, for them."""
    assortment: Assortment = Assortment.AUTO
    asks_personalize: bool = True
    """Whether runs that begin now may ask Personalize."""

    async def begin(self, run: Run) -> dict[str, str]:
        """Settle and write the catalogue; return what the run's `step` keeps from the start."""
        shop = await self.known_shop.get()
        await self.know.settle(run.run_id, None if shop == run.run_id else shop, self.assortment)
        products = (await self.know.products(run.run_id)).values()
        by_product = {one.product_id: one for one in await self.know.sentiments(run.run_id)}
        fit = [one for one in products if is_fit_id(one.product_id)]
        rows = (item_row(one, by_product.get(one.product_id)) for one in fit)
        body = await asyncio.to_thread(csv_file, ITEMS.columns, rows)
        await self._put(personalize_keys.items(run.run_id), body, personalize_keys.CSV_TYPE)
        off = {} if self.asks_personalize else {ENGINE: POPULARITY, POPULARITY_REASON: SWITCHED_OFF}
        return {
            **off,
            BUNDLE_PARTS: str(parts_per_bundle(run.parts or 0)),
            "started_at": run.step.get("started_at", datetime.now(UTC).isoformat()),
            "items": str(len(fit)),
            "items_bytes": str(len(body)),
        }

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Write a bundle's files, and what there is in them; remember its customers."""
        products = await self.know.products(run.run_id)
        files, shared, bases = DatasetFiles(), SharedReviews(), dict[str, str]()
        for part in bundle.parts:
            customers = await self.customers.customers(run.run_id, part)
            histories = await self.customers.remember(run, part, customers)
            shared.add(one.customer for one in histories)
            to_rank = set() if ENGINE in run.step else await self._to_rank(customers)
            rows = await asyncio.to_thread(files.add, histories, products)
            bases |= await asyncio.to_thread(self.rankings.bases, rows, to_rank)
        settled = await self.rankings.settle(
            run, bundle.first, bases, lambda one: one in products and products[one].in_stock is not False
        )
        asked = [one.customer_id for one in settled if not one.product_ids]
        await self._put_files(run.run_id, bundle.first, files, asked)
        prepared = files.counted(ranked=len(asked), kept=len(settled) - len(asked))
        prepared_bundle = PreparedBundle(**prepared.model_dump(), shared=shared.counted())
        await self.objects.put_lines(learned_keys.prepared(run.run_id, bundle.first), [prepared_bundle])

    async def _to_rank(self, customers: Sequence[Customer]) -> set[str]:
        """Return for which of a part's customers products are ranked."""
        ids = set(ranked_customers(customers))
        people = ((one.customer_id, one.email) for one in customers if one.customer_id in ids)
        return ids - await suppressed(self.suppressions, people)

    async def _put_files(self, run_id: str, first: int, files: DatasetFiles, asked: Sequence[str]) -> None:
        """Write a bundle's files; without anybody to rank for, there is no input of the batch job."""
        csv, lines = personalize_keys.CSV_TYPE, personalize_keys.LINES_TYPE
        await asyncio.gather(
            self._put(personalize_keys.interactions(run_id, first), files.interactions, csv),
            self._put(personalize_keys.users(run_id, first), files.users, csv),
            self._put(personalize_keys.batch_input(run_id, first), input_lines(asked), lines),
        )

    async def _put(self, key: str, body: bytes, content_type: str) -> None:
        """Store a file unless it is empty: what Personalize makes of an empty one is not documented."""
        if body:
            await self.objects.put(key, body, content_type=content_type)
