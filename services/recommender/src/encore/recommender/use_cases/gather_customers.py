"""Adds to a run's datasets the customers of earlier files whom its own does not have.

They get no email of this run. What they reviewed and bought tells what others may like, as that of the
run's own customers does.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from encore.recommender.domain import learned_keys, personalize_keys
from encore.recommender.domain.bundles import Bundle, bundles_of
from encore.recommender.domain.csv_files import csv_header, csv_lines, is_fit_id
from encore.recommender.domain.families import SharedReviews
from encore.recommender.domain.history import History
from encore.recommender.domain.limits import exceeded
from encore.recommender.domain.prepared import (
    ENGINE,
    PERSONALIZE,
    POPULARITY,
    POPULARITY_REASON,
    RANKED,
    Prepared,
    PreparedBundle,
)
from encore.recommender.domain.rows import customer_rows
from encore.recommender.domain.schemas import INTERACTIONS, USERS, DatasetSchema
from encore.recommender.ports import RankedObjects, RefusedError
from encore.recommender.use_cases.know_catalogue import KnowCatalogue, Products
from encore.recommender.use_cases.know_customers import KnowCustomers
from encore.runtime.logs import get_logger
from encore.runtime.runs.run import Run
from encore.runtime.training_minimums import DataSize

log = get_logger()


@dataclass(frozen=True, kw_only=True)
class GatherCustomers:
    """Reads the table of histories in as many segments as the run has bundles, and sums the run up."""

    objects: RankedObjects
    know: KnowCatalogue
    customers: KnowCustomers

    async def do(self, run: Run, bundle: Bundle) -> None:
        """Write a segment's customers and their rows for Personalize, file by file, and how much there is."""
        products, segments = await self.know.products(run.run_id), len(bundles_of(run))
        gathered = _Gathered()
        async for some in self.customers.gather(run.run_id, segment=bundle.number - 1, segments=segments):
            rows = await asyncio.to_thread(gathered.add, some, products)
            await self._put(run.run_id, bundle.first, gathered.files, some, rows)
        key = learned_keys.gathered(run.run_id, bundle.first)
        await self.objects.put_lines(key, [gathered.counted()])

    async def _put(
        self, run_id: str, first: int, number: int, histories: Sequence[History], rows: "_Csv"
    ) -> None:
        await self.objects.put_lines(learned_keys.others(run_id, first, number), histories)
        for key, body in (
            (personalize_keys.other_interactions(run_id, first, number), rows.interactions),
            (personalize_keys.other_users(run_id, first, number), rows.users),
        ):
            if body:
                await self.objects.put(key, body, content_type=personalize_keys.CSV_TYPE)

    async def close(self, run: Run) -> dict[str, str]:
        """Sum up all customers; return which engine the run is for, and what it has.

        Raises `RefusedError` if that is more than Personalize takes. Datasets that are too small, or serve
        nobody, are for no engine but popularity.
        """
        prepared, shared, items_bytes = Prepared(), SharedReviews(), int(run.step["items_bytes"])
        for bundle in bundles_of(run):
            for key in (learned_keys.prepared, learned_keys.gathered):
                (found,) = await self.objects.get_lines(key(run.run_id, bundle.first), PreparedBundle)
                await asyncio.to_thread(shared.merge, found.shared)
                prepared = prepared.plus(found)
        log.info("datasets_written", items_bytes=items_bytes, **prepared.model_dump())
        shortfall = run.step.get(POPULARITY_REASON) or prepared.shortfall
        too_much = exceeded(prepared, items=int(run.step["items"]), items_bytes=items_bytes)
        if too_much and not shortfall:
            raise RefusedError(too_much)
        await self.objects.put_lines(learned_keys.shared_reviews(run.run_id), [shared.counted()])
        return {
            ENGINE: POPULARITY if shortfall else PERSONALIZE,
            POPULARITY_REASON: shortfall or "",
            RANKED: str(prepared.ranked),
            "interactions": str(prepared.interactions),
            "csv_bytes": str(items_bytes + prepared.interactions_bytes + prepared.users_bytes),
            "history_reads": str(prepared.read_units),
            "history_writes": str(prepared.write_units),
            "other_files": str(prepared.other_files),
        }


class _Csv(NamedTuple):
    """Two files of some customers; empty without a row, for Personalize gets no such file."""

    interactions: bytes
    users: bytes


class _Gathered:
    """How much there is of a segment, added file by file."""

    def __init__(self) -> None:
        self.files = 0
        self._histories = 0
        self._interactions_bytes = self._users_bytes = 0
        self._size = DataSize()
        self._shared = SharedReviews()

    def add(self, histories: Sequence[History], products: Products) -> _Csv:
        """Add the customers of one more file; return their rows."""
        self.files += 1
        self._histories += len(histories)
        self._shared.add(one.customer for one in histories)
        interactions, users = bytearray(), bytearray()
        for history in histories:
            if is_fit_id(history.customer_id):
                rows = customer_rows(history, products)
                own = [*rows.interactions, *rows.looks]
                interactions += csv_lines(INTERACTIONS.columns, own)
                users += csv_lines(USERS.columns, [rows.user])
                self._size = self._size.plus(DataSize.of_customer(len(own)))
        files = _Csv(_file(INTERACTIONS, interactions), _file(USERS, users))
        self._interactions_bytes += len(files.interactions)
        self._users_bytes += len(files.users)
        return files

    def counted(self) -> PreparedBundle:
        """Return how much there is."""
        return PreparedBundle(
            interactions=self._size.interactions,
            customers=self._size.customers,
            returning=self._size.returning,
            read_units=self._histories,
            interactions_bytes=self._interactions_bytes,
            users_bytes=self._users_bytes,
            shared=self._shared.counted(),
            other_files=self.files,
        )


def _file(schema: DatasetSchema, rows: bytearray) -> bytes:
    return csv_header(schema.columns) + bytes(rows) if rows else b""
