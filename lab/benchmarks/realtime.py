"""Current picks over HTTP: how long they take at a steady rate, on an embedded stack that a run has filled.

Requests are sent when they are due, whether earlier ones have been answered or not, and are timed from then
on: a slow answer cannot hide what others would have waited. Customers are drawn at random. In the second half
of the time the shop's file changes, so that new shops are loaded while requests are answered; with
`campaign`, customers also look at products. This process, the emulator and the web process share the
machine's processors. Exits with 1 when a limit is missed.
"""

import argparse
import asyncio
import itertools
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import psutil
from aiobotocore.session import get_session
from aiohttp import ClientError, ClientSession, TCPConnector
from rich.console import Console
from rich.table import Table

from fondly.contracts import object_keys
from fondly.contracts.events import SentimentScored
from fondly.operations.local_stack import exported
from fondly.runtime.queue.publisher import Publisher, SNSAnnouncer
from fondly.runtime.runs.run import StageName
from fondly.stack.embedded import EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from fondly.stack.processes import free_port
from harness.processes import WEB, cpu_by_process
from harness.scored_run import PRODUCTS, ScoredRun

RUN = "run-0123456789abcdef"
POLL_S = 0.2
LONGEST_S = 1_800
RENEW_S = 5.0
WARM_UP = 200
LOOKS_PER_S = 5.0
LIMIT_MS = 50.0
"""For the 99th percentile, both halves."""


@dataclass
class Half:
    """One half of the time: milliseconds from when each request was due, and how it ended."""

    name: str
    took_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    fallbacks: int = 0
    cpu_ms: dict[str, float] = field(default_factory=dict)
    """CPU milliseconds a request, by process."""

    def percentile(self, percent: int) -> float:
        """So many of a hundred requests took no longer."""
        return quantiles(self.took_ms, n=100)[percent - 1]

    @property
    def errors(self) -> float:
        """The share of requests that were not answered with picks."""
        return 1 - self.statuses["200"] / self.statuses.total()


def main() -> int:
    """Measure, print the table and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=1_500)
    parser.add_argument("--rate", type=float, default=100.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=180.0)
    parser.add_argument("--from", dest="picked_from", choices=["batch", "campaign"], default="batch")
    options = parser.parse_args()
    halves = measured(ScoredRun(options.customers), options)
    show(halves, options)
    missed = [each for each in halves if each.percentile(99) >= LIMIT_MS or each.errors]
    for each in missed:
        told = f"{each.name}: p99 {each.percentile(99):.0f} ms, {each.errors:.2%} errors"
        Console(stderr=True).print(f"{told}; limits {LIMIT_MS:.0f} ms and none")
    return 1 if missed else 0


def show(halves: Sequence[Half], options: argparse.Namespace) -> None:
    """Print what was measured."""
    table = Table("", "requests", "errors", "fallbacks", "p50 ms", "p90", "p99", "max", "CPU ms a request")
    for half in halves:
        table.add_row(
            half.name,
            f"{half.statuses.total():,}",
            f"{half.errors:.2%}",
            f"{half.fallbacks / half.statuses.total():.2%}",
            *(f"{half.percentile(percent):.1f}" for percent in (50, 90, 99)),
            f"{max(half.took_ms):.0f}",
            ", ".join(f"{name} {ms:.1f}" for name, ms in half.cpu_ms.items()),
        )
    table.caption = (
        f"{options.picked_from}: {options.customers:,} customers, {options.rate:.0f} a second;"
        f" load {psutil.getloadavg()[0]:.1f}"
    )
    Console(width=110).print(table)


def measured(run: ScoredRun, options: argparse.Namespace) -> list[Half]:
    """Fill a stack, start the web process and ask it."""
    settings = {"FONDLY_RECOMMENDER_CAMPAIGN": str(options.picked_from == "campaign")}
    with (
        exported(settings),
        TemporaryDirectory() as folder,
        embedded_stack(Path(folder), services=("recommender",)) as stack,
    ):
        return asyncio.run(_measured(stack, run, options))


async def _measured(stack: EmbeddedStack, run: ScoredRun, options: argparse.Namespace) -> list[Half]:
    port = free_port()
    settings = {
        "FONDLY_RECOMMENDER_WEB_PORT": str(port),
        "FONDLY_RECOMMENDER_WEB_RENEW_S": str(RENEW_S),
        "FONDLY_RECOMMENDER_WEB_REQUESTS_PER_S": "1000",
        "FONDLY_RECOMMENDER_WEB_CALLER_REQUESTS_PER_S": "1000",
    }
    async with observe(stack.resources) as observer:
        await _finish(stack, observer, run)
        stack.processes.start("web", ["-m", WEB], settings)
        address = f"http://127.0.0.1:{port}"
        async with ClientSession(connector=TCPConnector(limit=0)) as client:
            await _until_ready(client, address)
            load = _Load(client, address, run.customers)
            await load.run(Half("warming up"), count=WARM_UP, rate=options.rate)
            count = int(options.rate * options.seconds / 2)
            steady, renewing = Half("steady"), Half("a new shop every few seconds")
            await load.run(steady, count=count, rate=options.rate)
            changing = [asyncio.create_task(_change_rules(observer))]
            if options.picked_from == "campaign":
                changing.append(asyncio.create_task(load.look_at_products()))
            await load.run(renewing, count=count, rate=options.rate)
            for each in changing:
                each.cancel()
            ended = await asyncio.gather(*changing, return_exceptions=True)
            failed = [error for error in ended if isinstance(error, Exception)]  # ended by us is no Exception
            if failed:
                raise ExceptionGroup("what was to change has not", failed)
    return [steady, renewing]


@dataclass
class _Load:
    client: ClientSession
    address: str
    customers: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - a benchmark's

    async def run(self, half: Half, *, count: int, rate: float) -> None:
        before = cpu_by_process()
        start = time.perf_counter()
        async with asyncio.TaskGroup() as asking:
            for number in range(count):
                due = start + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                asking.create_task(self._ask(half, due, self.chance.randrange(self.customers)))
        half.cpu_ms = {
            name: (after - before.get(name, 0.0)) / count * 1000 for name, after in cpu_by_process().items()
        }

    async def look_at_products(self) -> None:
        """Tell of customers who look at products, some a second."""
        for number in itertools.count():
            customer, product = self.chance.randrange(self.customers), self.chance.randrange(PRODUCTS)
            event = {
                "event_id": f"E{number}",
                "customer_id": f"C{customer:07}",
                "product_id": f"P{product:06}",
                "kind": "viewed",
                "timestamp": int(time.time()),
            }
            async with self.client.post(f"{self.address}/events", json={"events": [event]}) as reply:
                await reply.read()
                if reply.status != 202:  # noqa: PLR2004 - HTTP's
                    raise RuntimeError(f"POST /events: {reply.status}")
            await asyncio.sleep(1 / LOOKS_PER_S)

    async def _ask(self, half: Half, due: float, customer: int) -> None:
        try:
            async with self.client.get(f"{self.address}/customers/C{customer:07}/picks") as reply:
                body = await reply.read()
            status = str(reply.status)
            half.fallbacks += b'"fallback":' in body
        except (ClientError, OSError) as error:
            status = type(error).__name__
        half.took_ms.append((time.perf_counter() - due) * 1000)
        half.statuses[status] += 1


async def _finish(stack: EmbeddedStack, observer: Observer, run: ScoredRun) -> None:
    """Take a run through the recommender."""
    await observer.ledger.open_run(RUN, source="s3://data/uploads/file.csv")
    await observer.ledger.set_parts(RUN, run.parts)
    await run.store(observer.objects, RUN)
    async with get_session().create_client("sns") as sns:
        announcer = SNSAnnouncer(Publisher(sns), source="sentiment", topic_arns=stack.resources.topic_arns)
        await announcer.announce(RUN, SentimentScored(parts=run.parts, reviews=run.customers))
    async with asyncio.timeout(LONGEST_S):
        while (await observer.ledger.run(RUN)).parts_to_do(StageName.RECOMMENDER):
            stack.check()
            await asyncio.sleep(POLL_S)


async def _until_ready(client: ClientSession, address: str) -> None:
    async with asyncio.timeout(LONGEST_S):
        while True:
            try:
                async with client.get(f"{address}/health") as reply:
                    if reply.status == 200:  # noqa: PLR2004 - HTTP's
                        return
            except (ClientError, OSError):
                pass
            await asyncio.sleep(POLL_S)


async def _change_rules(observer: Observer) -> None:
    """Pin another product as often as the web process looks."""
    number = 0
    while True:
        number += 1
        body = f"pin: [P{number:06}]".encode()
        await observer.objects.put(object_keys.MERCHANDISING, body, content_type="text/yaml")
        await asyncio.sleep(RENEW_S)


if __name__ == "__main__":
    sys.exit(main())
