"""Current picks over HTTP: how long they take at a steady rate, on an embedded stack that a run has filled.

Requests are sent when they are due, whether earlier ones have been answered or not, and are timed from then
on: a slow answer cannot hide what others would have waited. Customers are drawn at random. In the second half
of the time the shop's rules change, so that new shops are loaded while requests are answered. This process,
the emulator and the web process share the machine's processors. Exits with 1 when a limit is missed.
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
from http import HTTPStatus
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import psutil
from aiohttp import ClientError, ClientSession, TCPConnector
from rich.console import Console
from rich.table import Table

from fondly.contracts import object_keys
from fondly.evaluation.sample import generate, write_sample
from fondly.operations.local_stack import exported
from fondly.runtime.runs.run import StageName
from fondly.stack.embedded import WEB, WEB_PORT, EmbeddedStack, embedded_stack
from fondly.stack.observer import Observer, observe
from harness.begun import begun
from harness.processes import child, family_cpu_seconds

PRODUCTS = 1_000
POLL_S = 0.2
LONGEST_S = 900
RENEW_S = 5.0
WARM_UP = 200
LIMIT_MS = 50.0
"""For the 99th percentile, both halves."""
SETTINGS = {
    "FONDLY_RECOMMENDER_WEB_RENEW_S": str(RENEW_S),
    "FONDLY_RECOMMENDER_WEB_REQUESTS_PER_S": "1000",
    "FONDLY_RECOMMENDER_WEB_CALLER_REQUESTS_PER_S": "1000",
}


@dataclass
class Half:
    """One half of the time: milliseconds from when each request was due, and how it ended."""

    name: str
    took_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    fallbacks: int = 0
    cpu_ms: float = 0.0
    """CPU milliseconds a request, of the web process and the shops that it forks."""

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
    options = parser.parse_args()
    halves = measured(options)
    show(halves, options)
    return int(any(each.percentile(99) >= LIMIT_MS or each.errors for each in halves))


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
            f"{half.cpu_ms:.1f}",
        )
    rate = f"{options.customers:,} customers, {options.rate:.0f} a second"
    limits = f"limits: p99 {LIMIT_MS:.0f} ms, no errors"
    table.caption = f"{rate}; load {psutil.getloadavg()[0]:.1f}; {limits}"
    Console(width=110).print(table)


def measured(options: argparse.Namespace) -> list[Half]:
    """Fill a stack and ask its web process."""
    with (
        exported(SETTINGS),
        TemporaryDirectory() as folder,
        embedded_stack(Path(folder), services=("ingest", "sentiment", "recommender", WEB)) as stack,
    ):
        sample = Path(folder) / "sample.csv"
        write_sample(sample, customers=options.customers, products=PRODUCTS)
        return asyncio.run(_measured(stack, sample, options))


async def _measured(stack: EmbeddedStack, sample: Path, options: argparse.Namespace) -> list[Half]:
    rows = list(generate(customers=options.customers, products=PRODUCTS))
    address = f"http://127.0.0.1:{stack.variables[WEB_PORT]}"
    async with observe(stack.resources) as observer, ClientSession(connector=TCPConnector(limit=0)) as client:
        await _finish(stack, observer, sample)
        async with asyncio.timeout(LONGEST_S):
            while (await client.get(f"{address}/health")).status != HTTPStatus.OK:  # noqa: ASYNC110 - a process
                await asyncio.sleep(POLL_S)
        load = _Load(client, address, sorted({each for row in rows for each in row["user_id"].split(",")}))
        await load.run(Half("warming up"), count=WARM_UP, rate=options.rate)
        count = int(options.rate * options.seconds / 2)
        steady, renewing = Half("steady"), Half("a new shop every few seconds")
        await load.run(steady, count=count, rate=options.rate)
        changing = asyncio.create_task(_change_rules(observer, [row["product_id"] for row in rows]))
        await load.run(renewing, count=count, rate=options.rate)
        if changing.done():
            await changing  # it has failed: it does not end by itself
        changing.cancel()
    return [steady, renewing]


@dataclass
class _Load:
    client: ClientSession
    address: str
    customers: Sequence[str]
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - a benchmark's

    async def run(self, half: Half, *, count: int, rate: float) -> None:
        web = child(f"fondly.{WEB}")
        before = family_cpu_seconds(web)
        start = time.perf_counter()
        async with asyncio.TaskGroup() as asking:
            for number in range(count):
                due = start + number / rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                asking.create_task(self._ask(half, due, self.chance.choice(self.customers)))
        half.cpu_ms = (family_cpu_seconds(web) - before) / count * 1000

    async def _ask(self, half: Half, due: float, customer: str) -> None:
        try:
            async with self.client.get(f"{self.address}/customers/{customer}/picks") as reply:
                body = await reply.read()
            status = str(reply.status)
            half.fallbacks += b'"fallback":' in body
        except (ClientError, OSError) as error:
            status = type(error).__name__
        half.took_ms.append((time.perf_counter() - due) * 1000)
        half.statuses[status] += 1


async def _finish(stack: EmbeddedStack, observer: Observer, sample: Path) -> None:
    """Take a run through the recommender."""
    run_id = await begun(stack, observer, sample)
    async with asyncio.timeout(LONGEST_S):
        while (run := await observer.ledger.run(run_id)).parts is None or run.parts_to_do(
            StageName.RECOMMENDER
        ):
            stack.check()
            await asyncio.sleep(POLL_S)


async def _change_rules(observer: Observer, products: Sequence[str]) -> None:
    """Pin another product as often as the web process looks."""
    for product in itertools.cycle(products):
        body = f"pin: [{product}]".encode()
        await observer.objects.put(object_keys.MERCHANDISING, body, content_type="text/yaml")
        await asyncio.sleep(RENEW_S)


if __name__ == "__main__":
    sys.exit(main())
