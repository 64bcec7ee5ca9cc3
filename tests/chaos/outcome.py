"""Everything a run produced, read from the stack directly rather than through the proxy."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from fondly.contracts import object_keys
from fondly.contracts.events import Event, RunFinished, parse_event
from fondly.operations.topology import load_topology
from fondly.runtime.batches import batches
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.runs.run import Run
from fondly.runtime.storage import from_item
from fondly.stack.observer import Observer
from tests.chaos.paid import Bill
from tests.chaos.tally import Tally
from tests.support.finished_runs import email_records

PARALLEL_FETCHES = 32
_DATE = re.compile(rb"^Date: [^\r\n]*\r\n", re.MULTILINE)
_TIMES = frozenset({"created_at", "expires_at", "updated_at", "ranked_at", "told_at"})
_CACHE_TOKENS = frozenset({"cache_read_tokens", "cache_write_tokens"})
_VARYING = _TIMES | _CACHE_TOKENS | {"payer", "basis"}
"""Of several parts with one question, the first pays; the first call to arrive writes the model's cache.

What a ranking rests on has the times of interactions, which are those of the run where the file has none.
"""
_SHARED = re.compile(r'\\"(?:calls|(?:input|output|cache_read|cache_write)_tokens|timestamp)\\":\d+')
"""What a kept answer of the model has of its call: products share one with those that wait beside them.

And times, which are those of a run for what had none in its file.
"""


_JUDGED_APART = frozenset({"runs", "emails", "dispatches", "suppressions", "contacts", "product-features"})
"""The ledger; emails, which have a check of their own; what only a delivery or an earlier release writes."""


@dataclass(frozen=True)
class Outcome:
    """Everything by which two runs of one file are compared."""

    run: Run | None
    emails: Mapping[str, bytes]
    """The stored emails by key, without their `Date`."""
    records: Mapping[str, Mapping[str, Any]]
    """The emails table by customer, without what varies."""
    tables: Mapping[str, Mapping[str, str]]
    """The items of every table that a run writes but the emails, by table and key, without what varies."""
    announced: Mapping[str, Counter[str]]
    """How often each `email-finished` event arrived, by customer and event id."""
    finished_events: tuple[Event[RunFinished], ...]
    depths: Mapping[str, Mapping[str, int]]
    dead_letters: Mapping[str, int]
    bill: Bill
    tally: Tally
    calls: Counter[str]
    seconds: float


async def stored_emails(observer: Observer, run_id: str) -> dict[str, bytes]:
    """Every email stored for the run, by key, whether or not a record names it."""
    pages = boto3.client("s3").get_paginator("list_objects_v2")
    prefix = object_keys.emails(run_id)
    found = await asyncio.to_thread(
        lambda: [
            each["Key"]
            for page in pages.paginate(Bucket=observer.objects.bucket, Prefix=prefix)
            for each in page.get("Contents", [])
        ]
    )
    emails: dict[str, bytes] = {}
    for keys in batches(found, PARALLEL_FETCHES):
        bodies = await asyncio.gather(*(observer.objects.get(key) for key in keys))
        emails |= {key: _DATE.sub(b"", body, count=1) for key, body in zip(keys, bodies, strict=True)}
    return emails


async def records(observer: Observer, run_id: str) -> dict[str, dict[str, Any]]:
    """The run's records in the emails table, by customer, without what varies."""
    found = await email_records(observer, run_id)
    return {
        customer: {name: value for name, value in record.items() if name not in _VARYING}
        for customer, record in found.items()
    }


async def tables(observer: Observer) -> dict[str, dict[str, str]]:
    """The items of every table that a run writes, by table and key, without what varies."""
    topology = load_topology().tables
    return {
        name: {
            "/".join(
                str(item[key]) for key in filter(None, (table.partition_key, table.sort_key))
            ): _SHARED.sub("", canonical(item))
            for item in await _scan(observer, observer.resources.tables[name])
        }
        for name, table in topology.items()
        if name not in _JUDGED_APART
    }


async def _scan(observer: Observer, table: str) -> list[dict[str, Any]]:
    pages = observer.dynamodb.get_paginator("scan").paginate(TableName=table)
    found = [from_item(item) async for page in pages for item in page.get("Items", [])]
    return [{name: value for name, value in item.items() if name not in _VARYING} for item in found]


async def finished_events(observer: Observer) -> tuple[Event[RunFinished], ...]:
    """Receive and delete every `run-finished` on the operators' queue."""
    queue = SQSQueue(observer.sqs, observer.resources.queue_urls["ops"])
    found: list[Event[RunFinished]] = []
    while messages := await queue.receive(limit=10, wait_s=0):
        found += [parse_event(message.body, RunFinished) for message in messages]
        await queue.delete_batch(messages)
    return tuple(found)


def canonical(record: Mapping[str, Any]) -> str:
    """A record as text that can be compared and shown."""
    return json.dumps(record, sort_keys=True, default=str)
