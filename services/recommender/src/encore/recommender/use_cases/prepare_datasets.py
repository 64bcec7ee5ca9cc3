"""Writes a run's datasets bundle by bundle, with never more than one bundle and the catalogue in memory."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from encore.contracts import object_keys
from encore.contracts.records import Customer, ScoredReview
from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.batch import input_lines, ranked_customers
from encore.recommender.domain.bundles import BUNDLE_PARTS, Bundle, bundles_of, parts_per_bundle
from encore.recommender.domain.csv_files import Row, csv_file, csv_header, csv_lines, is_fit_id
from encore.recommender.domain.engines import RANKED_BY, Engine
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.kept_rankings import UNDATED, basis_of, solution_of
from encore.recommender.domain.limits import exceeded
from encore.recommender.domain.preferences import Scores, preferences_of, scores_by_review
from encore.recommender.domain.prepared import PERSONALIZE, POPULARITY, Prepared, PreparedBundle
from encore.recommender.domain.rows import interaction_rows, item_row, user_row
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.schemas import INTERACTIONS, ITEMS, USERS
from encore.recommender.domain.woven import seeds_of
from encore.recommender.ports import RankedObjects, RefusedError
from encore.recommender.use_cases.ask_by_product import PRODUCT_FILES, REQUESTS, AskByProduct
from encore.recommender.use_cases.keep_rankings import KeepRankings, Settled
from encore.recommender.use_cases.know_catalogue import KnowCatalogue, Products
from encore.runtime.logs import get_logger
from encore.runtime.runs.run import Run
from encore.runtime.training_minimums import DataSize

ENGINE = "engine"
RANKED, RANKING_READS = "ranked", "ranking_reads"
"""For how many customers Personalize is asked, and what looking for kept rankings took of DynamoDB."""
Facts = Mapping[str, str]
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class PrepareDatasets:
    """Turns a scored run into the files that Personalize imports and the input of its batch job.

    All files have deterministic keys, so repeating anything is harmless.
    """

    objects: RankedObjects
    know: KnowCatalogue
    rankings: KeepRankings
    engine: Engine = field(default_factory=Engine)
    """That of runs which begin now."""
    new_for_days: int = Rules().new_for_days

    async def begin(self, run: Run) -> Facts:
        """Write the catalogue; return what the run's `step` keeps from the start."""
        products = (await self.know.products(run.run_id)).values()
        by_product = {one.product_id: one for one in await self.know.sentiments(run.run_id)}
        fit = [one for one in products if is_fit_id(one.product_id)]
        now, days = int(run.created_at.timestamp()), self.new_for_days
        rows = (
            item_row(one, by_product.get(one.product_id), now=now, new_for_days=days) for one in fit
        )
        body = await asyncio.to_thread(csv_file, ITEMS.columns, rows)
        key, csv_type = personalize_keys.items(run.run_id), personalize_keys.CSV_TYPE
        await self.objects.put(key, body, content_type=csv_type)
        # A run that an earlier release has prepared has a file for each part.
        is_older = ENGINE in run.step
        size = 1 if is_older else parts_per_bundle(run.parts or 0)
        return {
            **({} if is_older else {RANKED_BY: self.engine.text}),
            BUNDLE_PARTS: str(size),
            "started_at": run.step.get("started_at", datetime.now(UTC).isoformat()),
            "items": str(len(fit)),
            "items_bytes": str(len(body)),
        }

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Write a bundle's files, and what there is in them."""
        products = await self.know.products(run.run_id)
        files = _Files(self.rankings.solution, Engine.of_run(run.step))
        for part in bundle.parts:
            customers, scored = await asyncio.gather(
                self.objects.get_lines(object_keys.customers(run.run_id, part), Customer),
                self.objects.get_lines(object_keys.sentiment(run.run_id, part), ScoredReview),
            )
            scores, now = scores_by_review(scored), int(run.created_at.timestamp())
            await asyncio.to_thread(files.add, customers, scores, products, default_timestamp=now)
        settled = await self.rankings.settle(
            run,
            bundle.first,
            files.bases,
            lambda one: one in products and products[one].in_stock is not False,
        )
        await self._put_files(run.run_id, bundle.first, files, settled)

    async def close(self, run: Run) -> Facts:
        """Sum up all bundles; return which engine the run is for, and what it has.

        Raises `RefusedError` if that is more than Personalize takes. Datasets that are too small, or serve
        nobody, are for no engine but popularity.
        """
        prepared = Prepared(
            items=int(run.step["items"]), dataset_bytes={ITEMS.kind: int(run.step["items_bytes"])}
        )
        engine, shared, asked = Engine.of_run(run.step), SharedReviews(), set[str]()
        for bundle in bundles_of(run):
            key = learned_keys.prepared(run.run_id, bundle.first)
            (found,) = await self.objects.get_lines(key, PreparedBundle)
            await asyncio.to_thread(shared.merge, found.shared)
            prepared = prepared.plus(found)
            asked.update(found.products)
        if engine.asks_by_product:
            prepared = await AskByProduct(self.objects).put_input(run.run_id, asked, prepared)
        log.info(
            "datasets_written",
            interactions=prepared.size.interactions,
            csv_bytes=prepared.csv_bytes,
            ranked=prepared.ranked,
            rankings_kept=prepared.kept,
        )
        shortfall = prepared.shortfall(engine)
        if not shortfall and (reason := exceeded(prepared)):
            raise RefusedError(reason)
        await self.objects.put_lines(learned_keys.shared_reviews(run.run_id), [shared.counted()])
        return {
            ENGINE: POPULARITY if shortfall else PERSONALIZE,
            "popularity_reason": shortfall or "",
            "interactions": str(prepared.size.interactions),
            "csv_bytes": str(prepared.csv_bytes),
            RANKED: str(prepared.ranked),
            REQUESTS: str(prepared.requests),
            PRODUCT_FILES: str(prepared.files if engine.asks_by_product else 0),
            RANKING_READS: str(prepared.read_units),
        }

    async def _put_files(self, run_id: str, first: int, files: "_Files", settled: Settled) -> None:
        csv_type = personalize_keys.CSV_TYPE
        interactions, users, asked = bytes(files.interactions), bytes(files.users), settled.asked
        await asyncio.gather(
            self.objects.put(
                personalize_keys.interactions(run_id, first), interactions, content_type=csv_type
            ),
            self.objects.put(personalize_keys.users(run_id, first), users, content_type=csv_type),
            self._put_input(personalize_keys.batch_input(run_id, first), files.by_user(asked)),
        )
        prepared = PreparedBundle(
            interactions=files.size.interactions,
            customers=files.size.customers,
            returning=files.size.returning,
            ranked=len(asked),
            kept=settled.kept,
            read_units=settled.read_units if self.rankings.days else 0,
            interactions_bytes=len(interactions),
            users_bytes=len(users),
            shared=files.shared.counted(),
            products=files.products_of(asked),
        )
        await self.objects.put_lines(learned_keys.prepared(run_id, first), [prepared])

    async def _put_input(self, key: str, customer_ids: Sequence[str]) -> None:
        """Write a bundle's input of the batch job; a bundle without anybody to rank for has none.

        What Personalize makes of an empty file is not documented: it might fail the job of the whole run.
        """
        if customer_ids:
            lines = input_lines(customer_ids)
            await self.objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)


class _Files:
    """The contents of a bundle's files, added part by part."""

    def __init__(self, solution: str, engine: Engine) -> None:
        self._solution = solution_of(solution, engine)
        self._by_product = engine.asks_by_product
        self._seeds: dict[str, list[str]] = {}
        self.interactions = bytearray(csv_header(INTERACTIONS.columns))
        self.users = bytearray(csv_header(USERS.columns))
        self.bases: dict[str, str] = {}
        """Of the customers to rank for, what decides their ranking."""
        self.size = DataSize()
        self.shared = SharedReviews()

    def add(
        self, customers: Sequence[Customer], scores: Scores, products: Products, *, default_timestamp: int
    ) -> None:
        """Add the customers of a part."""
        interactions: list[Row] = []
        users: list[Row] = []
        to_rank = set(ranked_customers(customers))
        for customer in customers:
            if not is_fit_id(customer.customer_id):
                continue
            preferences = preferences_of(customer, scores)
            own = list(interaction_rows(customer, preferences, default_timestamp=default_timestamp))
            interactions.extend(own)
            users.append(user := user_row(customer, preferences, products))
            if customer.customer_id in to_rank:
                undated = interaction_rows(customer, preferences, default_timestamp=UNDATED)
                self.bases[customer.customer_id] = basis_of(self._solution, undated, user)
                if self._by_product:
                    self._seeds[customer.customer_id] = [one.product_id for one in seeds_of(preferences)]
            self.size = self.size.plus(DataSize.of_customer(len(own)))
        self.interactions += csv_lines(INTERACTIONS.columns, interactions)
        self.users += csv_lines(USERS.columns, users)
        self.shared.add(customers)

    def by_user(self, asked: Sequence[str]) -> Sequence[str]:
        """Return for which of the customers to rank for Personalize is asked by their ids."""
        return () if self._by_product else asked

    def products_of(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Return the products that Personalize is asked about for these customers."""
        return tuple(sorted({product_id for one in asked for product_id in self._seeds.get(one, ())}))
