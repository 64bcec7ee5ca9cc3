"""Adds to a run's datasets the customers of earlier files whom its own does not have.

They get no email of this run. What they reviewed and bought tells what others may like, as that of the
run's own customers does.
"""

import asyncio
from dataclasses import dataclass

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.bundles import Bundle, bundles_of
from encore.recommender.domain.csv_files import csv_header, csv_lines, is_fit_id
from encore.recommender.domain.customer_rows import customer_rows
from encore.recommender.domain.engines import Engine
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.history import History
from encore.recommender.domain.limits import exceeded
from encore.recommender.domain.prepared import (
    ENGINE,
    PERSONALIZE,
    POPULARITY,
    RANKED,
    REQUESTS,
    Prepared,
    PreparedBundle,
)
from encore.recommender.domain.schemas import INTERACTIONS, ITEMS, USERS
from encore.recommender.domain.side_models import PINS
from encore.recommender.ports import RankedObjects, RefusedError
from encore.recommender.use_cases.ask_by_product import PRODUCT_FILES, AskByProduct
from encore.recommender.use_cases.know_catalogue import KnowCatalogue, Products
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.runtime.logs import get_logger
from encore.runtime.runs.run import Run
from encore.runtime.training_minimums import DataSize

HISTORY_READS, HISTORY_WRITES = "history_reads", "history_writes"
"""Where a run's `step` keeps what histories, and looking for kept rankings, took of DynamoDB."""
log = get_logger()


@dataclass(frozen=True, kw_only=True)
class GatherCustomers:
    """Reads the table of histories in as many segments as the run has bundles, and sums the run up."""

    objects: RankedObjects
    know: KnowCatalogue
    customers: KnowCustomers

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Write a segment's customers, their rows for Personalize, and how much of them there is."""
        first, segments = bundle.first, len(bundles_of(run))
        products = await self.know.products(run.run_id)
        await self.customers.gather(run.run_id, first, segment=bundle.number - 1, segments=segments)
        files = _Files()
        async for some in self.customers.others(run.run_id, first):
            await asyncio.to_thread(files.add, some, products)
        interactions, users = files.written
        for key, body in (
            (personalize_keys.other_interactions(run.run_id, first), interactions),
            (personalize_keys.other_users(run.run_id, first), users),
        ):
            if body:
                await self.objects.put(key, body, content_type=personalize_keys.CSV_TYPE)
        gathered = PreparedBundle(
            interactions=files.size.interactions,
            customers=files.size.customers,
            returning=files.size.returning,
            read_units=files.histories,
            interactions_bytes=len(interactions),
            users_bytes=len(users),
            shared=files.shared.counted(),
        )
        await self.objects.put_lines(learned_keys.gathered(run.run_id, first), [gathered])

    async def close(self, run: Run) -> dict[str, str]:
        """Sum up all customers; return which engine the run is for, and what it has.

        Raises `RefusedError` if that is more than Personalize takes. Datasets that are too small, or serve
        nobody, are for no engine but popularity.
        """
        prepared = Prepared(
            items=int(run.step["items"]), dataset_bytes={ITEMS.kind: int(run.step["items_bytes"])}
        )
        engine, shared, asked = Engine.of_run(run.step), SharedReviews(), set[str]()
        for bundle in bundles_of(run):
            for key in (learned_keys.prepared, learned_keys.gathered):
                (found,) = await self.objects.get_lines(key(run.run_id, bundle.first), PreparedBundle)
                await asyncio.to_thread(shared.merge, found.shared)
                prepared = prepared.plus(found)
                asked.update(found.products)
        if engine.asks_by_product:
            prepared = await AskByProduct(self.objects).put_input(run.run_id, asked, prepared)
        log.info(
            "datasets_written",
            interactions=prepared.size.interactions,
            new_interactions=prepared.new_interactions,
            replaced_interactions=prepared.replaced_interactions,
            csv_bytes=prepared.csv_bytes,
            ranked=prepared.ranked,
            rankings_kept=prepared.kept,
        )
        shortfall = prepared.shortfall(engine)
        if not shortfall and (reason := exceeded(prepared)):
            raise RefusedError(reason)
        await self.objects.put_lines(learned_keys.shared_reviews(run.run_id), [shared.counted()])
        return {
            PINS.requests: str(prepared.pins),
            ENGINE: POPULARITY if shortfall else PERSONALIZE,
            "popularity_reason": shortfall or "",
            "interactions": str(prepared.size.interactions),
            "new_interactions": str(prepared.new_interactions),
            "replaced_interactions": str(prepared.replaced_interactions),
            "new_users": str(prepared.new_users),
            "csv_bytes": str(prepared.csv_bytes),
            "new_csv_bytes": str(prepared.new_bytes),
            RANKED: str(prepared.ranked),
            REQUESTS: str(prepared.requests),
            PRODUCT_FILES: str(prepared.files if engine.asks_by_product else 0),
            HISTORY_READS: str(prepared.read_units),
            HISTORY_WRITES: str(prepared.write_units),
        }


class _Files:
    """The contents of a segment's files, added some customers at a time."""

    def __init__(self) -> None:
        self._interactions = bytearray()
        self._users = bytearray()
        self.histories = 0
        self.size = DataSize()
        self.shared = SharedReviews()

    @property
    def written(self) -> tuple[bytes, bytes]:
        """The files of interactions and of users; empty without a row, for Personalize gets no such file."""
        return (
            bytes(csv_header(INTERACTIONS.columns) + self._interactions) if self._interactions else b"",
            bytes(csv_header(USERS.columns) + self._users) if self._users else b"",
        )

    def add(self, histories: list[History], products: Products) -> None:
        """Add customers."""
        self.histories += len(histories)
        self.shared.add(one.customer for one in histories)
        for history in histories:
            if is_fit_id(history.customer_id):
                rows = customer_rows(history, products)
                self._interactions += csv_lines(INTERACTIONS.columns, [*rows.interactions, *rows.looks])
                self._users += csv_lines(USERS.columns, [rows.user])
                self.size = self.size.plus(DataSize.of_customer(len(rows.interactions) + len(rows.looks)))
