"""Writes a run's datasets bundle by bundle, with never more than one bundle and the catalogue in memory.

A bundle's customers are written with all that is known of them, and remembered.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.assortment import Assortment
from encore.recommender.domain.batch import input_lines, ranked_customers
from encore.recommender.domain.bundles import BUNDLE_PARTS, Bundle, parts_per_bundle
from encore.recommender.domain.csv_files import csv_file, is_fit_id
from encore.recommender.domain.dataset_files import DatasetFiles
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.history import History
from encore.recommender.domain.preferences import scores_by_review
from encore.recommender.domain.prepared import ENGINE, POPULARITY, POPULARITY_REASON, PreparedBundle
from encore.recommender.domain.rows import item_row
from encore.recommender.domain.schemas import ITEMS
from encore.recommender.domain.told import FilePart
from encore.recommender.ports import KnownShop
from encore.recommender.use_cases.keep_rankings import KeepRankings
from encore.recommender.use_cases.know_catalogue import KnowCatalogue
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.runtime.consent import ENTRIES_PER_CUSTOMER, suppressed
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
        await self._put_csv(personalize_keys.items(run.run_id), body)
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
        looked_for = written = 0
        for part in bundle.parts:
            found = await self.customers.settle(run.run_id, part)
            histories = await asyncio.to_thread(_histories, run, found)
            shared.add(one.customer for one in histories)
            to_rank = set() if ENGINE in run.step else await self._to_rank(found)
            rows = await asyncio.to_thread(files.add, histories, products)
            bases |= await asyncio.to_thread(self.rankings.bases, rows, to_rank)
            looked_for += len(histories) * (1 + ENTRIES_PER_CUSTOMER)
            written += await self.customers.remember(histories)
        settled = await self.rankings.settle(
            run,
            bundle.first,
            bases,
            lambda one: one in products and products[one].in_stock is not False,
        )
        await self._put_files(run.run_id, bundle.first, files, settled.asked)
        prepared = files.counted(
            ranked=len(settled.asked),
            kept=len(settled.kept),
            read_units=looked_for + self.rankings.read_units(settled),
            write_units=written,
        )
        prepared_bundle = PreparedBundle(**prepared.model_dump(), shared=shared.counted())
        await self.objects.put_lines(learned_keys.prepared(run.run_id, bundle.first), [prepared_bundle])

    async def _to_rank(self, found: FilePart) -> set[str]:
        """Return for which of a part's customers products are ranked."""
        ids = set(ranked_customers(found.customers))
        people = ((one.customer_id, one.email) for one in found.customers if one.customer_id in ids)
        return ids - await suppressed(self.suppressions, people)

    async def _put_files(self, run_id: str, first: int, files: DatasetFiles, asked: Sequence[str]) -> None:
        await asyncio.gather(
            self._put_csv(personalize_keys.interactions(run_id, first), files.interactions),
            self._put_csv(personalize_keys.users(run_id, first), files.users),
            self._put_input(personalize_keys.batch_input(run_id, first), asked),
        )

    async def _put_csv(self, key: str, body: bytes) -> None:
        if body:
            await self.objects.put(key, body, content_type=personalize_keys.CSV_TYPE)

    async def _put_input(self, key: str, customer_ids: Sequence[str]) -> None:
        """Write a bundle's input of the batch job; a bundle without anybody to rank for has none.

        What Personalize makes of an empty file is not documented: it might fail the job of the whole run.
        """
        if customer_ids:
            lines = input_lines(customer_ids)
            await self.objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)


def _histories(run: Run, found: FilePart) -> list[History]:
    """Return all that is known of a part's customers, with what the run's file tells."""
    scores, now = scores_by_review(found.scored), int(run.created_at.timestamp())
    return [
        History.of(one, scores, run_id=run.run_id, now=now).after(found.earlier.get(one.customer_id))
        for one in found.customers
    ]
