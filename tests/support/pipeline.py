"""How end-to-end tests use a running stack, and the uploaded facts that they compare its emails with."""

import asyncio
import csv
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

import boto3

from fondly.contracts import object_keys
from fondly.contracts.events import RunFinished
from fondly.runtime.runs.run import Run
from fondly.stack.embedded import Stack
from fondly.stack.observer import Observer
from tests.support.finished_runs import email_records

RUN_S = 240.0
SHOWN_DISCOUNT_PERCENT = range(5, 70)
"""A smaller one is no news, and nobody believes a greater one."""


class Entry(NamedTuple):
    """A product as it is in the uploaded file."""

    name: str
    price: str
    list_price: str
    discount: str
    link: str
    is_sold_out: bool = False

    @property
    def is_discounted(self) -> bool:
        """Whether the discount is large enough to be shown."""
        return bool(self.list_price) and int(self.discount.rstrip("%")) in SHOWN_DISCOUNT_PERCENT


@dataclass
class Truth:
    """The products and customers of an uploaded Kaggle file, read without the pipeline's code."""

    catalogue: dict[str, Entry] = field(default_factory=dict)
    reviewed: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path) -> Self:
        """Read the file; for a repeated product the last row counts."""
        truth = cls()
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                truth.catalogue[row["product_id"]] = Entry(
                    name=cleaned(row["product_name"]),
                    price=row["discounted_price"].removesuffix(".00"),
                    list_price=row["actual_price"].removesuffix(".00"),
                    discount=row["discount_percentage"],
                    link=row["product_link"],
                    is_sold_out=row.get("in_stock") == "no",
                )
                for customer in row["user_id"].split(","):
                    truth.reviewed.setdefault(customer, set()).add(row["product_id"])
        return truth


def cleaned(text: str) -> str:
    """The visible text: without control and zero-width characters, with single spaces."""
    visible = re.sub("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\ufeff]", "", text)
    return " ".join(visible.split())


@dataclass(frozen=True)
class Pipeline:
    """The running stack as retailers and operators use it."""

    stack: Stack
    observer: Observer
    patience_s: float = RUN_S
    """The limit of every wait. It is generous: the stack makes no promise, and machines differ."""

    def upload(self, key: str, path: Path) -> None:
        """Put a file under `uploads/`."""
        bucket = self.stack.resources.buckets["data"]
        boto3.client("s3").upload_file(str(path), bucket, object_keys.UPLOADS + key)

    def forget(self) -> None:
        """Forget what earlier runs told, so that a test's shop is a new one."""
        dynamodb, tables = boto3.client("dynamodb"), self.stack.resources.tables
        for table, key in (("histories", ("customer_id",)), ("runs", ("run_id", "item"))):
            for page in dynamodb.get_paginator("scan").paginate(TableName=tables[table]):
                for item in page["Items"]:
                    if table == "histories" or item["run_id"]["S"].startswith("known#"):
                        names = {name: item[name] for name in key}
                        dynamodb.delete_item(TableName=tables[table], Key=names)

    async def finished(self, key: str, *, besides: str | None = None) -> tuple[str, RunFinished]:
        """Wait for `run-finished` of an upload's run other than `besides`; return run id and event."""
        run = await self.ended(key, besides=besides)
        async with asyncio.timeout(self.patience_s):
            while True:
                if finished := await self.observer.take_finished(run.run_id):
                    return run.run_id, finished
                await asyncio.sleep(0.2)

    async def ended(self, key: str, *, besides: str | None = None) -> Run:
        """Wait until the ledger says that an upload's run other than `besides` has ended; return it."""
        source = f"s3://{self.stack.resources.buckets['data']}/{object_keys.UPLOADS}{key}"
        async with asyncio.timeout(self.patience_s):
            while True:
                self.stack.check()
                run = await self.observer.run_of(source)
                if run and run.run_id != besides and not run.is_open:
                    return run
                await asyncio.sleep(0.2)

    async def dead_letters(self) -> dict[str, int]:
        """How many dead letters each service's queue has: tests that share a stack compare before and after.

        Operators' messages are not counted: every look at them is a receive, and they have so many.
        """
        return {name: left for name, left in (await self.observer.dead_letters()).items() if name != "ops"}

    async def quiet(self) -> None:
        """Wait until no queue of a service holds a message, visible, in flight or delayed.

        The operators' queue may hold the end of a run a second time: events come at least once.
        """
        depths: dict[str, dict[str, int]] = {}
        try:
            async with asyncio.timeout(self.patience_s):
                while True:
                    depths = await self.observer.queues()
                    if not any(sum(depth.values()) for name, depth in depths.items() if name != "ops"):
                        return
                    await asyncio.sleep(0.2)
        except TimeoutError as error:
            raise TimeoutError(f"queues are not empty: {depths}") from error

    async def dead(self, queues: set[str]) -> None:
        """Wait until each of these queues has a dead letter."""
        async with asyncio.timeout(self.patience_s):
            while True:
                counts = await self.observer.dead_letters()
                if all(counts[name] for name in queues):
                    return
                await asyncio.sleep(0.2)

    async def emails(self, run_id: str) -> dict[str, bytes]:
        """Every stored email of a run, by customer id."""
        records = await email_records(self.observer, run_id)
        return {
            customer: await self.observer.objects.get(object_keys.email(run_id, customer))
            for customer in records
        }
