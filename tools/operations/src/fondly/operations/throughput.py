"""What was done in each of the last 24 hours, by the reports that every part leaves in the ledger."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from fondly.contracts.clock import utc_now
from fondly.contracts.counts import Counted
from fondly.operations.environment import Environment
from fondly.runtime.batches import async_batches

HOURS, MOST_RUNS = 24, 20
"""The latest runs are read, whose deliveries go on for days."""
SHOWN = {
    Counted.CUSTOMERS: "customers read",
    Counted.REVIEWS_SCORED: "reviews scored",
    Counted.EMAILS: "emails made",
    Counted.EMAILS_SENT: "emails sent",
}


class Throughput(BaseModel):
    """How much of what was done by hour, oldest first; the last hour has not ended."""

    hours: list[datetime]
    series: dict[str, list[int]]


async def throughput(environment: Environment) -> Throughput:
    """Return the last 24 hours; of runs that go on, every report is read, so ask seldom."""
    ledger, counts = await environment.ledger(), Counter[tuple[str, datetime]]()
    hours = [_hour(utc_now()) - timedelta(hours=back) for back in reversed(range(HOURS))]
    recent = await anext(async_batches(ledger.index.pointers(), MOST_RUNS), list[Any]())
    for reports in await asyncio.gather(*(ledger.summed(each["of_run"]) for each in recent)):
        for report in reports:
            for name in SHOWN.keys() & report.counts.keys():
                counts[name, _hour(report.finished_at)] += report.counts[name]
    return Throughput(
        hours=hours, series={words: [counts[name, hour] for hour in hours] for name, words in SHOWN.items()}
    )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)
