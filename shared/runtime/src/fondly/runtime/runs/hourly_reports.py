"""What the sender's reports come to, by hour: a few items, where every part of a run has a report.

A part's report is replaced at each pass over the part. What is new in it is added to its hour's item in the
transaction that replaces it, on condition that it is as it was read: once, or not at all.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from fondly.runtime.clients import DynamoDBClient
from fondly.runtime.runs.items import adding, get_item, items_with, key, replace_and_add
from fondly.runtime.runs.run import PartReport, StageName
from fondly.runtime.storage import expires_at

REPORT_PREFIX, DELIVERED = "report#", "delivered#"
COUNTS, UNITS, PASSES = "counts.", "units.", "passes"


async def replace_report(
    dynamodb: DynamoDBClient, table: str, item: Mapping[str, Any], keep_days: int | None
) -> None:
    """Replace a report, given as its item in plain values."""
    place = key(item["run_id"], f"{DELIVERED}{item['finished_at'][:13]}")
    replaced = False
    while not replaced:
        before = await get_item(dynamodb, table, key(item["run_id"], item["item"]))
        new = Counter[str](_amounts(item))
        if "version" in before:  # what an earlier release has put is in no hour yet
            new.subtract(_amounts(before))
        amounts = {name: amount for name, amount in new.items() if amount}
        added = adding(table, place, {**amounts, PASSES: 1}, expires_at(keep_days))
        replaced = await replace_and_add(dynamodb, table, item, int(before.get("version", 0)), added)


async def hourly_reports(dynamodb: DynamoDBClient, table: str, run_id: str) -> list[PartReport]:
    """Return a report for each hour of a run's delivery, as they were a moment ago."""
    return [_of_hour(item) async for item in items_with(dynamodb, table, run_id, DELIVERED, consistent=False)]


async def earlier_reports(dynamodb: DynamoDBClient, table: str, run_id: str) -> list[dict[str, Any]]:
    """Return the reports, in plain values, that an earlier release has put: `replace_report` counts them."""
    found = items_with(dynamodb, table, run_id, f"{REPORT_PREFIX}{StageName.SENDER}#")
    return [item async for item in found if "version" not in item]


def _amounts(item: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{COUNTS}{name}": number for name, number in item.get("counts", {}).items()} | {
        f"{UNITS}{name}": amount for name, amount in item.get("units", {}).items()
    }


def _of_hour(item: Mapping[str, Any]) -> PartReport:
    hour = datetime.fromisoformat(f"{item['item'].removeprefix(DELIVERED)}:00+00:00")

    def named(prefix: str) -> dict[str, Decimal]:
        return {name.removeprefix(prefix): each for name, each in item.items() if name.startswith(prefix)}

    counts = {name: int(number) for name, number in named(COUNTS).items()}
    # not validated: an hour may have fewer emails that wait than the one before
    return PartReport.model_construct(
        stage=StageName.SENDER, name="", started_at=hour, finished_at=hour, counts=counts, units=named(UNITS)
    )
