"""Writes a run's datasets bundle by bundle, with never more than one bundle and the catalogue in memory.

A bundle's customers are written with all that is known of them; what this run adds to it is written once more
by itself, and remembered.
"""

import asyncio
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.assortment import Assortment
from encore.recommender.domain.batch import input_lines, ranked_customers
from encore.recommender.domain.bundles import BUNDLE_PARTS, Bundle, parts_per_bundle
from encore.recommender.domain.csv_files import csv_file, csv_header, csv_lines, is_fit_id
from encore.recommender.domain.customer_rows import changes, customer_rows
from encore.recommender.domain.engines import RANKED_BY, Engine
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.history import History
from encore.recommender.domain.kept_rankings import basis_of, solution_of
from encore.recommender.domain.preferences import preferences_of, scores_by_review
from encore.recommender.domain.prepared import ENGINE, PreparedBundle
from encore.recommender.domain.rows import item_row
from encore.recommender.domain.rules import Rules
from encore.recommender.domain.schemas import INTERACTIONS, ITEMS, USERS
from encore.recommender.domain.told import FilePart
from encore.recommender.domain.woven import seeds_of
from encore.recommender.ports import KnownShop
from encore.recommender.use_cases.keep_rankings import KeepRankings, Settled
from encore.recommender.use_cases.know_catalogue import KnowCatalogue, Products
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.recommender.use_cases.rank_pins import RankPins
from encore.runtime.consent import ENTRIES_PER_CUSTOMER, suppressed
from encore.runtime.ports import Items, Objects
from encore.runtime.runs.run import Run
from encore.runtime.training_minimums import DataSize

HISTORY_AFTER = "history_after"
"""Where a run's `step` keeps which run added to the history before it; empty for the first."""


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
    rank_pins: RankPins
    suppressions: Items
    """Who must not be written to: nothing is ranked, and paid, for them."""
    assortment: Assortment = Assortment.AUTO
    engine: Engine = field(default_factory=Engine)
    """That of runs which begin now."""
    new_for_days: int = Rules().new_for_days

    async def begin(self, run: Run) -> dict[str, str]:
        """Settle and write the catalogue; return what the run's `step` keeps from the start."""
        shop, before = await self.known_shop.get(), await self.known_shop.follow(run.run_id)
        await self.know.settle(run.run_id, None if shop == run.run_id else shop, self.assortment)
        products = (await self.know.products(run.run_id)).values()
        by_product = {one.product_id: one for one in await self.know.sentiments(run.run_id)}
        fit = [one for one in products if is_fit_id(one.product_id)]
        now, days = int(run.created_at.timestamp()), self.new_for_days
        rows = (item_row(one, by_product.get(one.product_id), now=now, new_for_days=days) for one in fit)
        body = await asyncio.to_thread(csv_file, ITEMS.columns, rows)
        key, csv_type = personalize_keys.items(run.run_id), personalize_keys.CSV_TYPE
        await self.objects.put(key, body, content_type=csv_type)
        # A run that an earlier release has prepared has a file for each part.
        is_older = ENGINE in run.step
        size = 1 if is_older else parts_per_bundle(run.parts or 0)
        return {
            **({} if is_older else {RANKED_BY: self.engine.text}),
            BUNDLE_PARTS: str(size),
            HISTORY_AFTER: before or "",
            "started_at": run.step.get("started_at", datetime.now(UTC).isoformat()),
            "items": str(len(fit)),
            "items_bytes": str(len(body)),
            "items_digest": sha256(body).hexdigest(),
        }

    async def follow(self, run: Run) -> None:
        """Note that the run, whose turn it is, adds to the history: another may have done so meanwhile."""
        await self.known_shop.follow(run.run_id)

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Write a bundle's files, and what there is in them; remember its customers."""
        products = await self.know.products(run.run_id)
        files = _Files(self.rankings.solution, run)
        for part in bundle.parts:
            found = await self.customers.settle(run.run_id, part)
            to_rank = await self._to_rank(found)
            histories = await asyncio.to_thread(files.add, found, products, to_rank)
            files.write_units += await self.customers.remember(histories)
        settled = await self.rankings.settle(
            run,
            bundle.first,
            files.bases,
            lambda one: one in products and products[one].in_stock is not False,
        )
        pins = await self.rank_pins.ask(run, bundle.first, files.bases)
        await self._put_files(run.run_id, bundle.first, files, settled, pins)

    async def _to_rank(self, found: FilePart) -> set[str]:
        """Return for which of a part's customers products are ranked."""
        ids = set(ranked_customers(found.customers))
        people = ((one.customer_id, one.email) for one in found.customers if one.customer_id in ids)
        return ids - await suppressed(self.suppressions, people)

    async def _put_files(
        self, run_id: str, first: int, files: "_Files", settled: Settled, pins: Settled
    ) -> None:
        interactions, users = bytes(files.interactions), bytes(files.users)
        new_interactions, new_users = bytes(files.new_interactions), bytes(files.new_users)
        await asyncio.gather(
            self._put_csv(personalize_keys.interactions(run_id, first), interactions),
            self._put_csv(personalize_keys.users(run_id, first), users),
            self._put_input(personalize_keys.batch_input(run_id, first), files.by_user(settled.asked)),
        )
        if files.new_count:  # Personalize gets no file without a row
            await self._put_csv(personalize_keys.new_interactions(run_id, first), new_interactions)
        if files.new_user_count:
            await self._put_csv(personalize_keys.new_users(run_id, first), new_users)
        prepared = PreparedBundle(
            interactions=files.size.interactions,
            customers=files.size.customers,
            returning=files.size.returning,
            ranked=len(settled.asked),
            kept=settled.kept,
            new_interactions=files.new_count,
            replaced_interactions=files.replaced,
            new_users=files.new_user_count,
            read_units=files.looked_for + (settled.read_units + pins.read_units if self.rankings.days else 0),
            write_units=files.write_units,
            interactions_bytes=len(interactions),
            users_bytes=len(users),
            new_bytes=len(new_interactions) + len(new_users),
            shared=files.shared.counted(),
            products=files.products_of(settled.asked),
            pins=len(pins.asked),
        )
        await self.objects.put_lines(learned_keys.prepared(run_id, first), [prepared])

    async def _put_csv(self, key: str, body: bytes) -> None:
        await self.objects.put(key, body, content_type=personalize_keys.CSV_TYPE)

    async def _put_input(self, key: str, customer_ids: Sequence[str]) -> None:
        """Write a bundle's input of the batch job; a bundle without anybody to rank for has none.

        What Personalize makes of an empty file is not documented: it might fail the job of the whole run.
        """
        if customer_ids:
            lines = input_lines(customer_ids)
            await self.objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)


class _Files:
    """The contents of a bundle's files, added part by part."""

    def __init__(self, solution: str, run: Run) -> None:
        engine = Engine.of_run(run.step)
        self._solution = solution_of(solution, engine)
        self._by_product = engine.asks_by_product
        self._seeds: dict[str, list[str]] = {}
        self._run_id, self._now = run.run_id, int(run.created_at.timestamp())
        self.interactions = bytearray(csv_header(INTERACTIONS.columns))
        self.new_interactions = bytearray(csv_header(INTERACTIONS.columns))
        self.users = bytearray(csv_header(USERS.columns))
        self.new_users = bytearray(csv_header(USERS.columns))
        self.bases: dict[str, str] = {}
        """Of the customers to rank for, what decides their ranking."""
        self.size = DataSize()
        self.shared = SharedReviews()
        self.new_count = self.replaced = self.new_user_count = 0
        self.looked_for = self.write_units = 0

    def add(self, found: FilePart, products: Products, to_rank: Container[str]) -> list[History]:
        """Add the customers of a part, some of whom products are ranked for; return what is known of them."""
        scores = scores_by_review(found.scored)
        histories = []
        for customer in found.customers:
            earlier = found.earlier.get(customer.customer_id)
            told = History.of(customer, scores, run_id=self._run_id, now=self._now)
            histories.append(history := told.after(earlier))
            if is_fit_id(customer.customer_id):
                self._add(history, earlier, products, is_ranked=customer.customer_id in to_rank)
        self.shared.add(one.customer for one in histories)
        self.looked_for += len(found.customers) * (1 + ENTRIES_PER_CUSTOMER)
        return histories

    def _add(self, history: History, earlier: History | None, products: Products, *, is_ranked: bool) -> None:
        now = customer_rows(history, products)
        changed = changes(customer_rows(earlier, products) if earlier else None, now)
        self.interactions += csv_lines(INTERACTIONS.columns, [*now.interactions, *now.looks])
        self.new_interactions += csv_lines(INTERACTIONS.columns, changed.interactions)
        self.users += csv_lines(USERS.columns, [now.user])
        if changed.user:
            self.new_users += csv_lines(USERS.columns, [now.user])
        self.new_count += len(changed.interactions)
        self.replaced += changed.replaced
        self.new_user_count += changed.user
        self.size = self.size.plus(DataSize.of_customer(len(now.interactions) + len(now.looks)))
        if is_ranked:
            self.bases[history.customer_id] = basis_of(self._solution, now.undated, now.user)
            if self._by_product:
                seeds = seeds_of(preferences_of(history.customer, history.scores))
                self._seeds[history.customer_id] = [one.product_id for one in seeds]

    def by_user(self, asked: Sequence[str]) -> Sequence[str]:
        """Return for which of the customers to rank for Personalize is asked by their ids."""
        return () if self._by_product else asked

    def products_of(self, asked: Sequence[str]) -> tuple[str, ...]:
        """Return the products that Personalize is asked about for these customers."""
        return tuple(sorted({product_id for one in asked for product_id in self._seeds.get(one, ())}))
