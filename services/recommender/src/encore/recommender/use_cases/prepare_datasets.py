"""Writes a run's datasets bundle by bundle, with never more than one bundle and the catalogue in memory.

A bundle's customers are written with all that is known of them, and remembered.
"""

import asyncio
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.assortment import Assortment
from encore.recommender.domain.batch import input_lines, ranked_customers
from encore.recommender.domain.bundles import BUNDLE_PARTS, Bundle, parts_per_bundle
from encore.recommender.domain.csv_files import csv_file, csv_header, csv_lines, is_fit_id
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.history import History
from encore.recommender.domain.kept_rankings import Settled, basis_of
from encore.recommender.domain.preferences import scores_by_review
from encore.recommender.domain.prepared import ENGINE, POPULARITY, POPULARITY_REASON, PreparedBundle
from encore.recommender.domain.rows import customer_rows, item_row
from encore.recommender.domain.schemas import INTERACTIONS, ITEMS, USERS
from encore.recommender.domain.told import FilePart
from encore.recommender.ports import KnownShop
from encore.recommender.use_cases.keep_rankings import KeepRankings
from encore.recommender.use_cases.know_catalogue import KnowCatalogue, Products
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.runtime.consent import ENTRIES_PER_CUSTOMER, suppressed
from encore.runtime.ports import Items, Objects
from encore.runtime.runs.run import Run
from encore.runtime.training_minimums import DataSize

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
        files = _Files(self.rankings.solution, run)
        for part in bundle.parts:
            found = await self.customers.settle(run.run_id, part)
            to_rank = set() if ENGINE in run.step else await self._to_rank(found)
            histories = await asyncio.to_thread(files.add, found, products, to_rank)
            files.write_units += await self.customers.remember(histories)
        settled = await self.rankings.settle(
            run,
            bundle.first,
            files.bases,
            lambda one: one in products and products[one].in_stock is not False,
        )
        await self._put_files(run.run_id, bundle.first, files, settled)

    async def _to_rank(self, found: FilePart) -> set[str]:
        """Return for which of a part's customers products are ranked."""
        ids = set(ranked_customers(found.customers))
        people = ((one.customer_id, one.email) for one in found.customers if one.customer_id in ids)
        return ids - await suppressed(self.suppressions, people)

    async def _put_files(self, run_id: str, first: int, files: "_Files", settled: Settled) -> None:
        interactions, users, asked = bytes(files.interactions), bytes(files.users), settled.asked
        await asyncio.gather(
            self._put_csv(personalize_keys.interactions(run_id, first), interactions),
            self._put_csv(personalize_keys.users(run_id, first), users),
            self._put_input(personalize_keys.batch_input(run_id, first), asked),
        )
        prepared = PreparedBundle(
            interactions=files.size.interactions,
            customers=files.size.customers,
            returning=files.size.returning,
            ranked=len(asked),
            kept=len(settled.kept),
            read_units=files.looked_for + self.rankings.read_units(settled),
            write_units=files.write_units,
            interactions_bytes=len(interactions),
            users_bytes=len(users),
            shared=files.shared.counted(),
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
        self._solution = solution
        self._run_id, self._now = run.run_id, int(run.created_at.timestamp())
        self.interactions = bytearray(csv_header(INTERACTIONS.columns))
        self.users = bytearray(csv_header(USERS.columns))
        self.bases: dict[str, str] = {}
        """Of the customers to rank for, what decides their ranking."""
        self.size = DataSize()
        self.shared = SharedReviews()
        self.looked_for = self.write_units = 0

    def add(self, found: FilePart, products: Products, to_rank: Container[str]) -> list[History]:
        """Add the customers of a part, some of whom products are ranked for; return what is known of them."""
        scores = scores_by_review(found.scored)
        histories = []
        for customer in found.customers:
            told = History.of(customer, scores, run_id=self._run_id, now=self._now)
            history = told.after(found.earlier.get(customer.customer_id))
            histories.append(history)
            if is_fit_id(customer.customer_id):
                self._add(history, products, is_ranked=customer.customer_id in to_rank)
        self.shared.add(one.customer for one in histories)
        self.looked_for += len(found.customers) * (1 + ENTRIES_PER_CUSTOMER)
        return histories

    def _add(self, history: History, products: Products, *, is_ranked: bool) -> None:
        rows = customer_rows(history, products)
        own = [*rows.interactions, *rows.looks]
        self.interactions += csv_lines(INTERACTIONS.columns, own)
        self.users += csv_lines(USERS.columns, [rows.user])
        self.size = self.size.plus(DataSize.of_customer(len(own)))
        if is_ranked:
            self.bases[history.customer_id] = basis_of(self._solution, rows.interactions, rows.user)
