"""Storing what a run's file held and announcing it part by part."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from encore.contracts import object_keys
from encore.contracts.events import DataIngested
from encore.contracts.records import Customer
from encore.ingest.adapters.scratch import Scratch
from encore.ingest.domain.parts import Span
from encore.ingest.ports import Files
from encore.runtime.batches import batches
from encore.runtime.ports import Announcer, Items, Objects, RunLedger
from encore.runtime.runs.run import PartReport, Run, StageName

NDJSON = "application/x-ndjson"
PRODUCTS_PER_WRITE = 100
WRITE_UNIT_BYTES = 1024


@dataclass(frozen=True)
class Publication:
    """Where a run's records go: the bucket, the tables, the topic, the ledger."""

    files: Files
    objects: Objects
    products: Items
    customers: Items
    reviews: Items
    announcer: Announcer
    ledger: RunLedger

    async def put_products(self, run_id: str, scratch: Scratch, *, path: Path) -> int:
        """Store the catalogue, holding a bounded number of products; return the write units used."""
        units = 0
        with path.open("w", encoding="utf-8") as file:
            for products in batches(scratch.products(), PRODUCTS_PER_WRITE):
                file.writelines(product.model_dump_json(exclude_none=True) + "\n" for product in products)
                items = [{**product.model_dump(), "run_id": run_id} for product in products]
                await self.products.put_all(items)
                units += write_units(items)
        await self.files.put_file(object_keys.products(run_id), path, content_type=NDJSON)
        return units

    async def put_parts(self, run: Run, scratch: Scratch, spans: Sequence[Span]) -> None:
        """Store and announce every part that the ledger does not have as done, while the run is open."""
        for part, span in enumerate(spans, start=1):
            if not run.is_open:
                return
            if part not in run.stage(StageName.INGEST).done:
                run = await self._put_part(run, part, scratch, span)

    async def _put_part(self, run: Run, part: int, scratch: Scratch, span: Span) -> Run:
        started_at = datetime.now(UTC)
        customers = await asyncio.to_thread(scratch.customers, span.first, span.last)
        people, opinions = _customer_items(run.run_id, customers), _review_items(run.run_id, customers)
        # A part that sentiment has finished was announced before a crash: its reviews carry scores by now.
        is_scored = part in run.stage(StageName.SENTIMENT).done
        if not is_scored:
            await self.customers.put_all(people)
            await self.reviews.put_all(opinions)
            await self.objects.put_lines(object_keys.customers(run.run_id, part), customers)
        report = PartReport(
            stage=StageName.INGEST,
            name=f"part-{part:05}",
            started_at=started_at,
            finished_at=datetime.now(UTC),
            units={
                "dynamodb.writes": Decimal(write_units([*people, *opinions])),
                "s3.puts": Decimal(1),
                "sns.publishes": Decimal(1),
            },
        )
        if not is_scored:
            # Before the announcement: whoever ends the run finds this part in its totals.
            await self.ledger.record(run.run_id, report)
            await self._announce(run, part, customers=len(people), reviews=len(opinions))
        return (await self.ledger.finish_part(run.run_id, part, report)).run

    async def _announce(self, run: Run, part: int, *, customers: int, reviews: int) -> None:
        data = DataIngested(
            part=part,
            parts=run.parts or part,
            key=object_keys.customers(run.run_id, part),
            customers=customers,
            reviews=reviews,
        )
        await self.announcer.announce(run.run_id, data, cause=data.cause)


def write_units(items: Sequence[Mapping[str, Any]]) -> int:
    """Estimate the write units of items from their length as JSON: one for each started KB of an item."""
    sizes = (len(json.dumps(item, default=str, ensure_ascii=False).encode()) for item in items)
    return sum(-(-size // WRITE_UNIT_BYTES) for size in sizes)


def _customer_items(run_id: str, customers: Sequence[Customer]) -> list[dict[str, Any]]:
    return [{**customer.model_dump(exclude={"reviews"}), "run_id": run_id} for customer in customers]


def _review_items(run_id: str, customers: Sequence[Customer]) -> list[dict[str, Any]]:
    return [
        {**review.model_dump(), "customer_id": customer.customer_id, "run_id": run_id}
        for customer in customers
        for review in customer.reviews
    ]
