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

from encore.cli.app import app
from encore.runtime.runs.attribution import Attribution, attribution, partition
from encore.runtime.storage import DynamoDBItems
from encore.stack.sample import write_sample
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.timeout(700)
OURS = "uploads/"
"""What the shop uploaded stays as it is; the command says so."""


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

    trace = re.compile(rb"(?<!\w)" + re.escape(customer.encode()) + rb"(?!\w)")
    before = await asyncio.to_thread(_places, pipeline, trace)
    assert {"customers", "histories", "recommendations", "reviews"} <= before
    answer = await asyncio.to_thread(_forget, pipeline, customer, monkeypatch)
    assert {row["what"]: row["why"] for row in answer["rows"] if row["failed"]} == {}
    assert [each["name"] for each in answer["proof"]["found"] if each["where"] != "objects"] == []
    assert {each["name"].startswith(OURS) for each in answer["proof"]["found"]} == {True}
    left = await asyncio.to_thread(_places, pipeline, trace)
    assert {place for place in left if not place.startswith(OURS)} == set()
    stays = await pipeline.emails(run_id)
    assert stays.keys() == emails.keys() - {customer}
    assert stays[other] == emails[other]


def _places(pipeline: Pipeline, trace: re.Pattern[bytes]) -> set[str]:
    """Every table, object version and file of understudy's that names the customer."""
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


def _forget(pipeline: Pipeline, customer: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    environment = pipeline.stack.resources.tables["runs"].removesuffix("-runs")
    monkeypatch.setenv("ENCORE_ENVIRONMENT", environment)
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")  # what makes the emulator like AWS takes no body of 1 MiB
    result = CliRunner().invoke(app, ["customer", "forget", customer, "--yes", "--json"])
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer
