"""How fast understudy's campaigns answer, alone and while a version is being trained.

One understudy, with its state on disk, trains on many interactions. Then a steady stream of requests asks two
campaigns in turn, for recommendations and for a ranking, first while nothing else is done, then while another
version is trained on the same data. Latencies are measured from when a request was due, so that a server that
stands still is seen in all that wait for it. Exits with 1 when the 99th percentile is over its limit.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import boto3
import numpy as np
from personalize import PER_USER, RECIPE, TASTES, USERS_PER_ITEM, Shop, rows, set_up
from rich.console import Console
from rich.table import Table

from encore.stack.embedded import embedded_stack
from harness.processes import child, settled

RANKING = "arn:aws:personalize:::recipe/aws-personalized-ranking-v2"
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
    recommending: str
    ranking: str
    users: int
    items: int

    def request(self, number: int) -> tuple[str, bytes]:
        """Return the address and the body of a request."""
        user = f"u{number * 7919 % self.users}"
        if number % 4:
            body = {"campaignArn": self.recommending, "userId": user, "numResults": 25}
            return f"{self.url}/recommendations", json.dumps(body).encode()
        ranked = [str((number + each * 31) % self.items) for each in range(20)]
        body = {"campaignArn": self.ranking, "userId": user, "inputList": ranked}
        return f"{self.url}/personalize-ranking", json.dumps(body).encode()


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
            campaigns = deployed(shop, options.interactions)
            alone, training = asyncio.run(measure(shop, campaigns, options.rate, options.seconds))
    return show(options, alone, training)


def deployed(shop: Shop, interactions: int) -> Campaigns:
    """Train both versions, and make their campaigns."""
    arns = {}
    for name, recipe in (("recommending", RECIPE), ("ranking", RANKING)):
        solution = shop.made("solution", name=name, datasetGroupArn=shop.group, recipeArn=recipe)
        version = shop.made("solution_version", solutionArn=solution)
        arns[name] = shop.made("campaign", name=name, solutionVersionArn=version)
    users = interactions // PER_USER
    items = users // USERS_PER_ITEM // TASTES * TASTES
    return Campaigns(url=shop.client.meta.endpoint_url, users=users, items=items, **arns)


async def measure(shop: Shop, campaigns: Campaigns, rate: float, seconds: float) -> tuple[Stream, Stream]:
    """Return what a stream sees alone, and during a training."""
    end = time.perf_counter() + seconds
    alone = await stream(campaigns, rate, lambda: time.perf_counter() < end)
    solution = shop.made("solution", name="another", datasetGroupArn=shop.group, recipeArn=RECIPE)
    training = asyncio.create_task(asyncio.to_thread(shop.made, "solution_version", solutionArn=solution))
    meanwhile = await stream(campaigns, rate, lambda: not training.done())
    await training
    return alone, meanwhile


def show(options: argparse.Namespace, alone: Stream, training: Stream) -> int:
    """Print the table; return 1 if anything is over its limit."""
    table = Table(f"{options.rate:g} requests a second", "requests", "errors", "p50 ms", "p99 ms", "most ms")
    for name, seen in (("alone", alone), ("during a training", training)):
        figures = [f"{seen.percentile(share):.1f}" for share in (50, 99, 100)]
        table.add_row(name, f"{len(seen.latencies_ms):,}", str(seen.errors), *figures)
    Console().print(table)
    slow = max(alone.percentile(99), training.percentile(99)) > MAX_P99_MS
    return int(slow or alone.errors + training.errors > 0)


if __name__ == "__main__":
    sys.exit(main())
