"""How fast understudy's campaigns answer: alone, while data change, and while a version is being trained.

One understudy, with its state on disk, trains on many interactions. Then a steady stream of requests asks two
campaigns in turn, for recommendations and for a ranking, filtered by what users have and by what is sold out:
first while nothing else is done, then while events, users and items are put and a campaign is updated,
then while another version is trained on the same data. Latencies are measured from when a request was due:
a server that stands still is seen in all that wait for it. Exits with 1 when the 99th percentile is over its
limit.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import boto3
import numpy as np
from personalize import PER_USER, RECIPE, ROLE, TASTES, USERS_PER_ITEM, Shop, rows, set_up
from rich.console import Console
from rich.table import Table

from encore.stack.embedded import embedded_stack
from harness.processes import child, settled

RANKING = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
NAMESPACE = "com.amazonaws.personalize.schema"
FILTER = (
    'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")'
    ' | EXCLUDE ItemID WHERE Items.AVAILABILITY IN ("sold-out")'
)
CHANGES_PER_S = 10.0
"""So often an event is put, and so often an item."""
UPDATED_EACH = 20
"""After so many changes the campaign is updated as well."""
CONTENT = {"Content-Type": "application/json"}
MAX_P99_MS = 50.0
"""What the requests of real time may take, of which a campaign is a part."""


@dataclass
class Stream:
    """What a stream of requests has seen, in milliseconds."""

    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0

    def percentile(self, share: float) -> float:
        """Return the latency that so many per cent of the requests do not exceed."""
        return float(np.percentile(self.latencies_ms, share))


@dataclass(frozen=True)
class Campaigns:
    """Two campaigns, by what their requests ask for, and how many users and items there are."""

    url: str
    filter: str
    recommending: str
    ranking: str
    users: int
    items: int

    def request(self, number: int) -> tuple[str, bytes]:
        """Return the address and the body of a request."""
        user = f"u{number * 7919 % self.users}"
        if number % 4:
            body = {
                "campaignArn": self.recommending,
                "userId": user,
                "numResults": 25,
                "filterArn": self.filter,
            }
            return f"{self.url}/recommendations", json.dumps(body).encode()
        ranked = [f"i{(number + each * 31) % self.items}" for each in range(20)]
        body = {"campaignArn": self.ranking, "userId": user, "inputList": ranked}
        return f"{self.url}/personalize-ranking", json.dumps(body).encode()


@dataclass(frozen=True)
class Changes:
    """What changes while campaigns are asked: a few records a second, and at times the campaign itself."""

    shop: Shop
    campaigns: Campaigns
    items: str
    tracking_id: str

    async def go_on(self, stop: asyncio.Event) -> None:
        """Change something, and wait, until `stop` is set."""
        events, version = boto3.client("personalize-events"), ""
        for number in itertools.count():
            await asyncio.to_thread(self._put, events, number)
            if number % UPDATED_EACH == 0:
                version = await asyncio.to_thread(self._update, version)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1 / CHANGES_PER_S)
                return

    def _put(self, events: Any, number: int) -> None:  # noqa: ANN401 - boto3's
        user, item = f"u{number * 31 % self.campaigns.users}", f"i{number * 17 % self.campaigns.items}"
        event = {"eventType": "review", "sentAt": time.time(), "itemId": item}
        events.put_events(trackingId=self.tracking_id, userId=user, sessionId=user, eventList=[event])
        described = json.dumps({"availability": "sold-out" if number % 2 else "in-stock"})
        events.put_items(datasetArn=self.items, items=[{"itemId": item, "properties": described}])

    def _update(self, version: str) -> str:
        """Let the campaign answer by its version again, once it does not change any more."""
        arn = self.campaigns.recommending
        found = self.shop.client.describe_campaign(campaignArn=arn)["campaign"]
        if found.get("latestCampaignUpdate", {}).get("status", "ACTIVE") == "ACTIVE":
            version = version or found["solutionVersionArn"]
            self.shop.client.update_campaign(campaignArn=arn, solutionVersionArn=version)
        return version


async def stream(campaigns: Campaigns, rate: float, goes_on: Callable[[], bool]) -> Stream:
    """Ask `rate` times a second for as long as it goes on."""
    seen = Stream()
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        started = time.perf_counter()
        for number in itertools.count():
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if not goes_on():
                break
            group.create_task(ask(session, campaigns.request(number), due, seen))
    return seen


async def ask(session: aiohttp.ClientSession, request: tuple[str, bytes], due: float, seen: Stream) -> None:
    """Ask once."""
    url, body = request
    async with session.post(url, data=body, headers=CONTENT) as answer:
        await answer.read()
        seen.errors += not answer.ok
    seen.latencies_ms.append(1000 * (time.perf_counter() - due))


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--interactions", type=int, default=200_000, help="that are trained on")
    parser.add_argument("--rate", type=float, default=100.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=30.0, help="without a training")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        os.environ["UNDERSTUDY_STATE_DIR"] = str(Path(name) / "state")
        with embedded_stack(Path(name) / "logs", services=()) as stack:
            bucket = stack.resources.buckets["data"]
            process = settled(child("understudy"))
            shop = Shop(boto3.client("personalize"), process, bucket, Path(name) / "state")
            set_up(shop)
            shop.put("all.csv", rows(options.interactions))
            shop.import_rows("all", "all.csv")
            items, tracking_id = described(shop, items_of(options.interactions))
            campaigns = deployed(shop, options.interactions)
            changes = Changes(shop, campaigns, items, tracking_id)
            seen = asyncio.run(measure(changes, options.rate, options.seconds))
    return show(options, seen)


def items_of(interactions: int) -> int:
    """Return how many items there are."""
    return interactions // PER_USER // USERS_PER_ITEM // TASTES * TASTES


def described(shop: Shop, items: int) -> tuple[str, str]:
    """Describe items; return the ARN of their dataset, and the id of an event tracker."""
    fields = [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "AVAILABILITY", "type": "string", "categorical": True},
    ]
    schema = {"type": "record", "name": "Items", "namespace": NAMESPACE, "fields": fields, "version": "1.0"}
    arn = shop.client.create_schema(name="items", schema=json.dumps(schema))["schemaArn"]
    dataset = shop.made(
        "dataset", name="items", schemaArn=arn, datasetGroupArn=shop.group, datasetType="Items"
    )
    lines = (f"i{item},{'sold-out' if item % 10 == 0 else 'in-stock'}" for item in range(items))
    shop.put("items.csv", itertools.chain(["ITEM_ID,AVAILABILITY"], lines))
    shop.made(
        "dataset_import_job",
        jobName="items",
        datasetArn=dataset,
        dataSource={"dataLocation": f"s3://{shop.bucket}/items.csv"},
        roleArn=ROLE,
    )
    tracker = shop.made("event_tracker", name="shop", datasetGroupArn=shop.group)
    found = shop.client.describe_event_tracker(eventTrackerArn=tracker)["eventTracker"]
    return dataset, found["trackingId"]


def deployed(shop: Shop, interactions: int) -> Campaigns:
    """Train both versions, and make their campaigns."""
    arns = {
        "filter": shop.made("filter", name="offered", datasetGroupArn=shop.group, filterExpression=FILTER)
    }
    for name, recipe in (("recommending", RECIPE), ("ranking", RANKING)):
        solution = shop.made("solution", name=name, datasetGroupArn=shop.group, recipeArn=recipe)
        version = shop.made("solution_version", solutionArn=solution)
        arns[name] = shop.made("campaign", name=name, solutionVersionArn=version)
    users, items = interactions // PER_USER, items_of(interactions)
    return Campaigns(url=shop.client.meta.endpoint_url, users=users, items=items, **arns)


async def measure(changes: Changes, rate: float, seconds: float) -> dict[str, Stream]:
    """Return what a stream sees, by what else is done."""
    shop, campaigns = changes.shop, changes.campaigns
    end = time.perf_counter() + seconds
    alone = await stream(campaigns, rate, lambda: time.perf_counter() < end)
    stop, end = asyncio.Event(), time.perf_counter() + seconds
    changing = asyncio.create_task(changes.go_on(stop))
    changed = await stream(campaigns, rate, lambda: time.perf_counter() < end)
    stop.set()
    await changing
    solution = shop.made("solution", name="another", datasetGroupArn=shop.group, recipeArn=RECIPE)
    training = asyncio.create_task(asyncio.to_thread(shop.made, "solution_version", solutionArn=solution))
    meanwhile = await stream(campaigns, rate, lambda: not training.done())
    await training
    return {"alone": alone, "while data change": changed, "during a training": meanwhile}


def show(options: argparse.Namespace, seen_by: Mapping[str, Stream]) -> int:
    """Print the table; return 1 if anything is over its limit."""
    table = Table(f"{options.rate:g} requests a second", "requests", "errors", "p50 ms", "p99 ms", "most ms")
    for name, seen in seen_by.items():
        figures = [f"{seen.percentile(share):.1f}" for share in (50, 99, 100)]
        table.add_row(name, f"{len(seen.latencies_ms):,}", str(seen.errors), *figures)
    Console().print(table)
    return int(any(each.percentile(99) > MAX_P99_MS or each.errors for each in seen_by.values()))


if __name__ == "__main__":
    sys.exit(main())
