"""Writes a run's datasets part by part, with never more than one part and the catalogue in memory."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from encore.contracts import object_keys
from encore.contracts.records import Customer, Product, ProductSentiment, ScoredReview
from encore.recommender.domain import personalize_keys
from encore.recommender.domain.batch import input_lines, ranked_customers
from encore.recommender.domain.csv_files import Row, csv_file, is_fit_id
from encore.recommender.domain.preferences import Scores, preferences_of, scores_by_review
from encore.recommender.domain.rows import interaction_rows, item_row, user_row
from encore.recommender.domain.schemas import INTERACTIONS, ITEMS, USERS, DatasetSchema
from encore.runtime.ports import Objects
from encore.runtime.runs.run import Run
from encore.runtime.training_minimums import DataSize

NOBODY = "nobody to rank products for"
Products = Mapping[str, Product]


@dataclass(frozen=True, slots=True)
class Prepared:
    """How much there is for Personalize to import, and for how many customers it is to rank products."""

    size: DataSize
    csv_bytes: int
    ranked: int

    @property
    def shortfall(self) -> str | None:
        """Why Personalize is not used; None if there is enough to learn from, and somebody to rank for."""
        return self.size.shortfall or (None if self.ranked else NOBODY)


@dataclass(frozen=True, slots=True)
class _Part:
    interactions: list[Row]
    users: list[Row]
    size: DataSize
    ranked: int = 0


class PrepareDatasets:
    """Turns a scored run into the files that Personalize imports and the input of its batch job."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    async def run(self, run: Run) -> Prepared:
        """Write all files under deterministic keys, so that repeating it is harmless."""
        products, written = await self._items(run.run_id)
        size, ranked = DataSize(), 0
        for number in range(1, (run.parts or 0) + 1):
            part, part_bytes = await self._part(run, number, products)
            size, written = size.plus(part.size), written + part_bytes
            ranked += part.ranked
        return Prepared(size=size, csv_bytes=written, ranked=ranked)

    async def _items(self, run_id: str) -> tuple[Products, int]:
        products, sentiments = await asyncio.gather(
            self._objects.get_lines(object_keys.products(run_id), Product),
            self._objects.get_lines(object_keys.product_sentiment(run_id), ProductSentiment),
        )
        by_product = {sentiment.product_id: sentiment for sentiment in sentiments}
        rows = [item_row(p, by_product.get(p.product_id)) for p in products if is_fit_id(p.product_id)]
        written = await self._put_csv(personalize_keys.items(run_id), ITEMS, rows)
        return {product.product_id: product for product in products}, written

    async def _part(self, run: Run, number: int, products: Products) -> tuple[_Part, int]:
        customers, scored = await asyncio.gather(
            self._objects.get_lines(object_keys.customers(run.run_id, number), Customer),
            self._objects.get_lines(object_keys.sentiment(run.run_id, number), ScoredReview),
        )
        scores, time = scores_by_review(scored), int(run.created_at.timestamp())
        part = await asyncio.to_thread(_rows, customers, scores, products, default_timestamp=time)
        written = await asyncio.gather(
            self._put_csv(personalize_keys.interactions(run.run_id, number), INTERACTIONS, part.interactions),
            self._put_csv(personalize_keys.users(run.run_id, number), USERS, part.users),
        )
        ranked = ranked_customers(customers)
        await self._put_input(personalize_keys.batch_input(run.run_id, number), ranked)
        return replace(part, ranked=len(ranked)), sum(written)

    async def _put_input(self, key: str, customer_ids: Sequence[str]) -> None:
        """Write a part's input of the batch job; a part without anybody to rank for has none.

        What Personalize makes of an empty file is not documented: it might fail the job of the whole run.
        """
        if customer_ids:
            lines = input_lines(customer_ids)
            await self._objects.put(key, lines, content_type=personalize_keys.LINES_TYPE)

    async def _put_csv(self, key: str, schema: DatasetSchema, rows: Sequence[Row]) -> int:
        body = csv_file(schema.columns, rows)
        await self._objects.put(key, body, content_type=personalize_keys.CSV_TYPE)
        return len(body)


def _rows(
    customers: Sequence[Customer], scores: Scores, products: Products, *, default_timestamp: int
) -> _Part:
    interactions: list[Row] = []
    users: list[Row] = []
    size = DataSize()
    for customer in customers:
        if not is_fit_id(customer.customer_id):
            continue
        preferences = preferences_of(customer, scores)
        own = list(interaction_rows(customer, preferences, default_timestamp=default_timestamp))
        interactions.extend(own)
        users.append(user_row(customer, preferences, products))
        size = size.plus(DataSize.of_customer(len(own)))
    return _Part(interactions, users, size)
