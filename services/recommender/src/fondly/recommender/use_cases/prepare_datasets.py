"""Writes a run's datasets bundle by bundle, with never more than one bundle and the catalogue in memory.

A bundle's customers are written with all that is known of them, and remembered. Then those of earlier files
follow whom the run's own does not have: they get no email of this run, but what they reviewed and bought
tells what others may like.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from fondly.contracts.clock import utc_now
from fondly.contracts.records import Customer
from fondly.recommender.adapters.turns import DynamoDBKnownShop
from fondly.recommender.domain.personalize import personalize_keys
from fondly.recommender.domain.personalize.datasets import ITEMS, csv_file, is_fit_id
from fondly.recommender.domain.personalize.rankings import input_lines, ranked_customers
from fondly.recommender.domain.personalize.rows import DatasetFiles, Prepared, item_row, rows_of
from fondly.recommender.domain.run_state import Bundle, Passed, RecommenderState, bundles_of, parts_per_bundle
from fondly.recommender.domain.shop.assortment import Assortment
from fondly.recommender.domain.shop.families import SharedReviews
from fondly.recommender.domain.study import learned_keys
from fondly.recommender.domain.study.witnesses import (
    FEWEST_PRODUCTS,
    LONG_HISTORY,
    MOST_WITNESSES,
    Witness,
    chosen,
)
from fondly.recommender.use_cases.keep_rankings import KeepRankings
from fondly.recommender.use_cases.know_customers import KnowCustomers
from fondly.recommender.use_cases.study_shop import KnowCatalogue
from fondly.runtime.consent import suppressed
from fondly.runtime.logs import get_logger
from fondly.runtime.ports import Items, Objects
from fondly.runtime.runs.run import Run

SWITCHED_OFF = "rankings are switched off"
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class PrepareDatasets:
    """Writes what Personalize imports and infers from, under deterministic keys: repeating is harmless."""

    objects: Objects
    know: KnowCatalogue
    customers: KnowCustomers
    rankings: KeepRankings
    known_shop: DynamoDBKnownShop
    suppressions: Items
    """Who must not be written to: nothing is ranked, and paid, for them."""
    assortment: Assortment = Assortment.AUTO
    asks_personalize: bool = True
    """Whether runs that begin now may ask Personalize."""
    most_witnesses: int = MOST_WITNESSES
    """How many witnesses a run has at most; with none, rankings count whatever they are worth."""

    async def begin(self, run: Run) -> Passed:
        """Write the catalogue; return what the run's state has from the start."""
        shop = await self.known_shop.owner()
        await self.know.write(run.run_id, None if shop == run.run_id else shop, self.assortment)
        products = (await self.know.products(run.run_id)).values()
        by_product = {one.product_id: one for one in await self.know.sentiments(run.run_id)}
        fit = (one for one in products if is_fit_id(one.product_id))
        rows = (item_row(one, by_product.get(one.product_id)) for one in fit)
        body = await asyncio.to_thread(csv_file, ITEMS.columns, rows)
        await self._put(personalize_keys.items(run.run_id), body, personalize_keys.CSV_TYPE)
        return Passed(
            members={
                "popularity_reason": "" if self.asks_personalize else SWITCHED_OFF,
                "bundle_parts": parts_per_bundle(run.parts or 0),
                "started_at": utc_now(),
                "items_bytes": len(body),
                "earlier": None if shop == run.run_id else shop,
                "ranking_weight": None if self.most_witnesses else 1,
            }
        )

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Write a bundle's files, and what there is in them; remember its customers."""
        products = await self.know.products(run.run_id)
        files, shared, asked, witnesses = DatasetFiles(), SharedReviews(), list[str](), list[Witness]()
        kept, long, most = 0, 0, self.most_witnesses if len(products) >= FEWEST_PRODUCTS else 0
        for part in bundle.parts:
            customers = await self.customers.customers(run.run_id, part)
            histories = await self.customers.remember(run, part, customers)
            shared.add(one.customer for one in histories)
            mailed = {one.customer_id for one in histories if one.exclusion is None}
            to_rank = mailed & await self._to_rank(customers) if RecommenderState.of(run).is_ranked else set()
            rows = await asyncio.to_thread(rows_of, histories)
            ranked = {name: own for name, own in rows.items() if name in to_rank}
            decided = await self.rankings.decide(
                run, part, ranked, lambda one: one in products and products[one].in_stock is not False
            )
            new = [name for name, one in decided.items() if not one.product_ids]
            own = await asyncio.to_thread(chosen, histories, decided, run=run, part=part, most=most)
            rows |= await asyncio.to_thread(rows_of, (one.told for one in own))
            await asyncio.to_thread(files.add, rows.values())
            asked, witnesses, kept = asked + new, witnesses + own, kept + len(decided) - len(new)
            long += sum(len(rows[name].interactions) >= LONG_HISTORY for name in decided)
        await self._put_rows(run.run_id, bundle.first, files)
        await self._put_input(run.run_id, bundle.first, asked, witnesses)
        prepared = files.counted(
            ranked=len(asked), kept=kept, long=long, witnesses=len(witnesses), shared=shared
        )
        await self.objects.put_lines(learned_keys.prepared(run.run_id, bundle.first), [prepared])

    async def gather(self, run: Run, bundle: Bundle) -> None:
        """Write a bundle's segment of the table of histories, file by file."""
        prepared, shared, segments = Prepared(), SharedReviews(), len(bundles_of(run))
        async for some in self.customers.gather(run.run_id, segment=bundle.number - 1, segments=segments):
            files = DatasetFiles()
            await asyncio.to_thread(lambda: files.add(rows_of(some).values()))  # noqa: B023 - awaited
            shared.add(one.customer for one in some)
            prepared = prepared.plus(files.counted(others=len(some), other_files=1))
            number = prepared.other_files
            await self.objects.put_lines(learned_keys.others(run.run_id, bundle.first, number), some)
            await self._put_rows(run.run_id, bundle.first, files, number)
        prepared.shared = shared
        await self.objects.put_lines(learned_keys.gathered(run.run_id, bundle.first), [prepared])

    async def close(self, run: Run) -> Passed:
        """Sum up all customers; return what there is for Personalize, or why it is not asked."""
        prepared, shared, state = Prepared(), SharedReviews(), RecommenderState.of(run)
        for bundle in bundles_of(run):
            for key in (learned_keys.prepared, learned_keys.gathered):
                (found,) = await self.objects.get_lines(key(run.run_id, bundle.first), Prepared)
                await asyncio.to_thread(shared.merge, found.shared)
                prepared = prepared.plus(found)
        log.info("datasets_written", items_bytes=state.items_bytes, **prepared.model_dump(exclude={"shared"}))
        shortfall = state.popularity_reason or prepared.shortfall
        await self.objects.put_lines(learned_keys.shared_reviews(run.run_id), [shared])
        return Passed(
            members={
                "popularity_reason": shortfall or "",
                "ranked": prepared.ranked,
                "witnesses": prepared.witnesses,
                "has_long_histories": 2 * prepared.long >= prepared.ranked + prepared.kept,
                "interactions": prepared.interactions,
                "csv_bytes": state.items_bytes + prepared.interactions_bytes + prepared.users_bytes,
                "others": prepared.others,
            }
        )

    async def _to_rank(self, customers: Sequence[Customer]) -> set[str]:
        """Return for which of a part's customers products are ranked."""
        ids = set(ranked_customers(customers))
        people = ((one.customer_id, one.email) for one in customers if one.customer_id in ids)
        return ids - await suppressed(self.suppressions, people)

    async def _put_input(
        self, run_id: str, first: int, asked: Sequence[str], witnesses: Sequence[Witness]
    ) -> None:
        """Write whom the batch job ranks for: witnesses apart, so that nobody reads all for them."""
        await self.objects.put_lines(learned_keys.witnesses(run_id, first), witnesses)
        names = {one.customer_id for one in witnesses}
        others = [one for one in asked if one not in names]
        for who, some in ((personalize_keys.EVERYBODY, others), (personalize_keys.WITNESSES, sorted(names))):
            key = personalize_keys.batch_input(run_id, first, who)
            await self._put(key, input_lines(some), personalize_keys.LINES_TYPE)

    async def _put_rows(
        self, run_id: str, first: int, files: DatasetFiles, number: int | None = None
    ) -> None:
        for folder, body in files.by_folder.items():
            key = personalize_keys.rows(run_id, folder, first, number)
            await self._put(key, bytes(body), personalize_keys.CSV_TYPE)

    async def _put(self, key: str, body: bytes, content_type: str) -> None:
        """Store a file unless it is empty: what Personalize makes of an empty one is not documented."""
        if body:
            await self.objects.put(key, body, content_type=content_type)
