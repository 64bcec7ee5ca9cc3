"""Events between runs and the forgetting of a customer, on the whole pipeline."""

import asyncio
import csv
import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from fondly.cli.app import app
from fondly.evaluation.sample import write_sample
from fondly.runtime.runs.attribution import Attribution, attribution, partition
from fondly.runtime.storage import DynamoDBItems
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.timeout(700)
OURS = "uploads/"
"""What the shop uploaded stays as it is; the command says so."""


async def test_a_customer_is_forgotten_while_a_run_is_at_work_and_stays_so(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run goes on to its end; the next file has them still, and nothing is made of it."""
    path = tmp_path / "shop.csv"
    write_sample(path, seed=31, customers=60, products=30)
    pipeline = replace(pipeline, patience_s=300)
    known = {item["customer_id"]["S"] for item in _customers(pipeline)}
    pipeline.upload("at-work.csv", path)
    customer = await _stored_customer(pipeline, known)
    answer = await asyncio.to_thread(_fondly, pipeline, monkeypatch, "forget", customer, "--yes", "--wait")
    assert {row["what"]: row["why"] for row in answer["rows"] if row["failed"]} == {}
    run_id, finished = await pipeline.finished("at-work.csv")
    assert finished.status == "finished"
    others = (await pipeline.emails(run_id)).keys() - {customer}
    await pipeline.quiet()

    pipeline.upload("next.csv", path)
    next_id, finished = await pipeline.finished("next.csv")
    assert finished.status == "finished"
    assert (await pipeline.emails(next_id)).keys() == others
    await pipeline.quiet()
    left = await asyncio.to_thread(_places, pipeline, customer)
    assert {place for place in left if not place.startswith(OURS)} == set()

    answer = await asyncio.to_thread(_fondly, pipeline, monkeypatch, "forget", customer, "--yes", "--uploads")
    assert answer["proof"]["found"] == []
    assert await asyncio.to_thread(_places, pipeline, customer) == set()
    searched = await asyncio.to_thread(_fondly, pipeline, monkeypatch, "search", customer)
    assert searched["found"] == []


async def _looked_up(pipeline: Pipeline, run_id: str, *, purchased: int) -> Attribution:
    """Wait until so many purchases are credited to a run; return what is."""
    items = DynamoDBItems(pipeline.observer.dynamodb, pipeline.stack.resources.tables["runs"])
    async with asyncio.timeout(pipeline.patience_s):
        while True:
            found = attribution(await items.get_group("run_id", partition(run_id)))
            if found.purchased >= purchased:
                return found
            await asyncio.sleep(0.2)


async def test_what_customers_did_is_credited_and_a_customer_is_forgotten(
    pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the customer is left but what the shop itself uploaded; the others' emails are untouched."""
    path = tmp_path / "shop.csv"
    write_sample(path, seed=29, customers=520, products=110)
    pipeline = replace(pipeline, patience_s=300)  # it waits for a whole run
    pipeline.upload("forgetting.csv", path)
    run_id, finished = await pipeline.finished("forgetting.csv")
    assert finished.status == "finished"
    emails = await pipeline.emails(run_id)
    customer, other = sorted(emails)[:2]
    events = tmp_path / "events.csv"
    with events.open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ("event_id", "customer_id", "product_id", "event", "timestamp", "run_id", "value"),
                ("e1", customer, "P1", "clicked", "2026-11-24T10:00:00Z", run_id, ""),
                ("e2", customer, "P1", "purchased", "2026-11-24T10:05:00Z", run_id, "19.90"),
                ("e3", other, "P1", "purchased", "2026-11-24T10:06:00Z", run_id, "5"),
            ]
        )
    pipeline.upload("interactions/events.csv", events)
    credited = await _looked_up(pipeline, run_id, purchased=2)
    assert (credited.clicked, credited.purchased, credited.value) == (1, 2, Decimal("24.90"))
    await pipeline.quiet()

    before = await asyncio.to_thread(_places, pipeline, customer)
    assert {"customers", "histories", "recommendations", "reviews"} <= before
    answer = await asyncio.to_thread(_fondly, pipeline, monkeypatch, "forget", customer, "--yes")
    assert {row["what"]: row["why"] for row in answer["rows"] if row["failed"]} == {}
    assert {each["name"].partition("/")[0] for each in answer["proof"]["found"]} == {"uploads"}
    left = await asyncio.to_thread(_places, pipeline, customer)
    assert {place for place in left if not place.startswith(OURS)} == set()
    stays = await pipeline.emails(run_id)
    assert stays.keys() == emails.keys() - {customer}
    assert stays[other] == emails[other]


def _customers(pipeline: Pipeline) -> list[dict[str, Any]]:
    dynamodb: Any = boto3.client("dynamodb")
    table = pipeline.stack.resources.tables["customers"]
    return [
        item for page in dynamodb.get_paginator("scan").paginate(TableName=table) for item in page["Items"]
    ]


async def _stored_customer(pipeline: Pipeline, known: set[str]) -> str:
    """Wait until a run has stored customers who may be written to; return one of them."""
    async with asyncio.timeout(pipeline.patience_s):
        while True:
            new = [item for item in _customers(pipeline) if "exclusion" not in item]
            if ids := {str(item["customer_id"]["S"]) for item in new} - known:
                return min(ids)
            await asyncio.sleep(0.05)


def _places(pipeline: Pipeline, customer: str) -> set[str]:
    """Every table and object version that names the customer: the test's own look, not the command's."""
    trace = re.compile(rb"(?<!\w)" + re.escape(customer.encode()) + rb"(?!\w)")
    found: set[str] = set()
    resources = pipeline.stack.resources
    dynamodb: Any = boto3.client("dynamodb")
    for name, table in resources.tables.items():
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            if any(trace.search(json.dumps(item, default=str).encode()) for item in page["Items"]):
                found.add(name)
    s3, bucket = boto3.client("s3"), resources.buckets["data"]
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for each in page.get("Versions", []):
            key = each["Key"]
            body = s3.get_object(Bucket=bucket, Key=key, VersionId=each["VersionId"])["Body"].read()
            if trace.search(body) or trace.search(key.encode()):
                found.add(key)
    return found


def _fondly(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, *words: str) -> dict[str, Any]:
    environment = pipeline.stack.resources.tables["runs"].removesuffix("-runs")
    monkeypatch.setenv("FONDLY_ENVIRONMENT", environment)
    # What makes the emulator like AWS takes no body of 1 MiB.
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    result = CliRunner().invoke(app, ["customer", *words, "--json"])
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer
