"""Storing what a run's file held and announcing it part by part."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.customer_keys import customer_keys
from fondly.contracts.events import DataIngested
from fondly.ingest.adapters.merged import Merged
from fondly.ingest.domain.parts import Part
from fondly.ingest.ports import Files
from fondly.ingest.use_cases.find_unchanged import FindUnchanged
from fondly.ingest.use_cases.in_thread import in_thread
from fondly.runtime.batches import batches
from fondly.runtime.consent import forgotten
from fondly.runtime.dynamodb_types import write_units
from fondly.runtime.ports import Announcer, Items, Objects
from fondly.runtime.runs.ledger import Ledger
from fondly.runtime.runs.run import Run
from fondly.runtime.runs.stage import PartResult, Stage

NDJSON = "application/x-ndjson"
PRODUCTS_PER_WRITE = 100


@dataclass(frozen=True)
class Publication:
    """Where a run's records go; `suppressions` say who has been forgotten, and is left out."""

    files: Files
    objects: Objects
    products: Items
    customers: Items
    unchanged: FindUnchanged
    customer_keys: Items
    """By what customers are found besides their ids. Several may have one address; whoever reads compares."""
    suppressions: Items
    announcer: Announcer
    ledger: Ledger
    stage: Stage

    async def put_products(self, run_id: str, merged: Merged, *, path: Path) -> int:
        """Store the catalogue, holding a bounded number of products; return the write units used."""
        units = 0
        with path.open("w", encoding="utf-8") as file:
            for products in batches(merged.products(), PRODUCTS_PER_WRITE):
                file.writelines(product.model_dump_json(exclude_none=True) + "\n" for product in products)
                items = [{**product.model_dump(), "run_id": run_id} for product in products]
                await self.products.put_all(items)
                units += write_units(items)
        await self.files.put_file(object_keys.products(run_id), path, content_type=NDJSON)
        return units

    async def put_parts(self, run: Run, merged: Merged, parts: Sequence[Part]) -> None:
        """Store and announce every part that the ledger does not have as done, while the run is open."""

        async def put(run: Run, number: int) -> PartResult:
            return await self._put_part(run, number, merged, parts[number - 1])

        await self.stage.pass_parts(run, put)

    async def _put_part(self, run: Run, part: int, merged: Merged, of: Part) -> PartResult:
        customers = await in_thread(partial(merged.customers, *of.customers))
        facts = await in_thread(partial(merged.facts, *of.customers))
        texts = await in_thread(partial(merged.shared_texts, *of.shared_texts))
        left_out = await forgotten(self.suppressions, (each.customer_id for each in customers))
        asked = len(customers)
        customers = [each for each in customers if each.customer_id not in left_out]
        told = {"run_id": run.run_id, "told_at": int(run.created_at.timestamp())}
        kept = (customer.model_dump(exclude={"reviews", "purchases", "undone"}) for customer in customers)
        items = [{**each, **told, "facts": facts.get(each["customer_id"])} for each in kept]
        await self.customers.put_all(items)
        keys = [key for each in customers for key in customer_keys(each.customer_id, each.email)]
        await self.customer_keys.put_all(keys)
        units = {
            "dynamodb.reads": asked,
            "dynamodb.writes": write_units(items) + len(keys),
            "s3.puts": 2 if texts else 1,
        }
        await self.objects.put_lines(object_keys.customers(run.run_id, part), customers)
        if texts:
            await self.objects.put_lines(object_keys.shared_texts(run.run_id, part), texts)
        ingested = DataIngested.of(
            run.run_id, part, parts=run.parts or part, customers=customers, shared_texts=len(texts)
        )
        counts: dict[str, int] = {Counted.CUSTOMERS_FORGOTTEN: len(left_out)} if left_out else {}
        return PartResult(counts=counts, units=units, events=[ingested])
