"""Connectors: a whole shop through each platform's stand-in, with faults and a kill in the middle.

The connector is a process of its own; the bucket is local. Exits with 1 if a file is not just what the shop
holds, or if memory grows beyond the limit from the first half of the pass after the kill to the second.
"""

import argparse
import asyncio
import csv
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.context import SpawnProcess
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from aiohttp import ClientSession
from aiohttp.test_utils import BaseTestServer, TestServer
from rich.console import Console
from rich.table import Table

from fondly.contracts.object_keys import CONNECT, UPLOADS
from fondly.operations.connect.kept import PIECE_BYTES, Kept
from fondly.operations.connect.mirror import Mirror
from fondly.operations.connect.opening import PLATFORMS
from fondly.operations.connect.requests import Asked
from fondly.operations.connect.run import Pass
from fondly.runtime.storage import S3Objects
from harness.local_aws import Session
from harness.processes import cpu_seconds, resident_mib
from tests.support.platforms.magento import MagentoStandIn
from tests.support.platforms.shop import FIRST, Buyer, Line, Order, StandIn
from tests.support.platforms.shopify import ShopifyStandIn
from tests.support.platforms.woocommerce import WooCommerceStandIn

STAND_INS: dict[str, Any] = {
    "shopify": (ShopifyStandIn, "shpat_1"),
    "woocommerce": (WooCommerceStandIn, "ck_1:cs_1"),
    "magento": (MagentoStandIn, "integration-token"),
}
LINES_PER_ORDER, ORDERS_PER_CUSTOMER, LINE_BYTES = 4, 5, 150
EVERY = 50
"""Each so manieth request fails."""
MAX_GROWTH = 1.3
"""Limit for memory, second half of a pass to first."""


class Nobody:
    """Requests of nobody."""

    async def all(self) -> Asked:
        """Return that nothing is open."""
        return Asked([], [], leaving=False)

    async def forget(self, _requests: object) -> None:
        """Forget nobody."""


def main() -> int:
    """Measure each platform and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--platform", nargs="+", choices=STAND_INS, default=list(STAND_INS))
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=1_000_000)
    given = parser.parse_args()
    table = Table("platform", "exact", "requests", "after the kill", "s", "CPU s", "MiB", "growth")
    results = [asyncio.run(measure(name, given.products, given.lines, table)) for name in given.platform]
    Console().print(table)
    return 0 if all(results) else 1


async def measure(name: str, products: int, lines: int, table: Table) -> bool:
    """Take a shop through a connector that is killed once; add a row, and return whether all limits hold."""
    stand_in, begun, stored = filled(name, products, lines), time.monotonic(), 0
    with TemporaryDirectory() as folder:
        async with TestServer(stand_in.app()) as server:
            killed = started(name, server, folder, "killed")
            while stored < max(1, lines * LINE_BYTES // (3 * PIECE_BYTES)):
                await asyncio.sleep(0.05)
                stored = len(pieces(folder))
            killed.kill()
            killed.join()
            before, child = stand_in.faults.requests, started(name, server, folder, "whole")
            memory, cpu_s = await watched(child)
        exact = compare(Session(Path(folder)), products, lines)
    half, requests = len(memory) // 2, stand_in.faults.requests
    growth = median(memory[half:]) / median(memory[:half])
    figures = (requests, requests - before, time.monotonic() - begun, cpu_s, max(memory))
    table.add_row(name, "yes" if exact else "no", *(f"{each:,.0f}" for each in figures), f"{growth:.2f}")
    return exact and growth <= MAX_GROWTH and not child.exitcode


def pieces(folder: str) -> list[Path]:
    """Return what is stored of the log."""
    return list(Path(folder).glob(f"objects/{CONNECT}shop/log/*.jsonl"))


def started(name: str, server: BaseTestServer, folder: str, scratch: str) -> SpawnProcess:
    """Start a connector."""
    arguments = (name, str(server.make_url("/")), Path(folder), scratch)
    process = multiprocessing.get_context("spawn").Process(target=connect, args=arguments)
    process.start()
    return process


async def watched(child: SpawnProcess) -> tuple[list[float], float]:
    """Wait for a process; return its resident MiB over time, without its start, and its CPU seconds."""
    memory, cpu_s, process = [], 0.0, psutil.Process(child.pid)
    while child.is_alive():
        try:
            memory.append(resident_mib(process))
            cpu_s = cpu_seconds(process)
        except psutil.NoSuchProcess:
            break
        await asyncio.sleep(0.2)
    child.join()
    return memory[len(memory) // 10 :], cpu_s


def compare(session: Session, products: int, lines: int) -> bool:
    """Return whether the files hold exactly the shop, by how often each thing is there."""
    found = Counter(
        f"{row['order_id']} {row['product_id'].removeprefix('S-')} {row['quantity']}"
        for row in rows(session, "orders")
    )
    wanted = Counter(
        f"{order.id} {line.product_id} {line.quantity}"
        for order in orders(products, lines)
        for line in order.lines
    )
    offered = Counter(row["product_id"].removeprefix("S-") for row in rows(session, "products"))
    return (
        found == wanted
        and offered.keys() >= {str(key) for key in goods(products)}
        and max(offered.values()) == 1
    )


def rows(session: Session, kind: str) -> Iterator[dict[str, str]]:
    """Yield the rows of an uploaded file."""
    lines = session.objects.content(f"{UPLOADS}shop/{kind}.csv").decode().splitlines(keepends=True)
    yield from csv.DictReader(lines)


def goods(products: int) -> range:
    """Return ids of products, none of which a stand-in takes for one with variants."""
    return range(1, products * 10, 10)


def orders(products: int, lines: int) -> Iterator[Order]:
    """Yield the shop's orders."""
    ids = goods(products)
    for number in range(1, lines // LINES_PER_ORDER + 1):
        buyer = Buyer(number // ORDERS_PER_CUSTOMER + 1)
        bought = (
            Line(ids[(number * 7 + each * 13) % products], 1 + each % 2) for each in range(LINES_PER_ORDER)
        )
        yield Order(number, buyer, tuple(bought))


def filled(name: str, products: int, lines: int) -> StandIn:
    """Return the shop's platform."""
    stand_in: StandIn = STAND_INS[name][0]()
    for number, key in enumerate(goods(products)):
        stand_in.product(key, at=FIRST + number // 30)
    for order in orders(products, lines):
        stand_in.order(order, at=FIRST + order.id // 30)
        if order.buyer and order.id % ORDERS_PER_CUSTOMER == 1:
            stand_in.customer(order.buyer, at=FIRST + order.id)
    stand_in.faults.every = EVERY
    return stand_in


def connect(name: str, address: str, path: Path, scratch: str) -> None:
    """Do a pass, as `fondly connect` does."""

    async def run() -> None:
        folder = path / scratch
        folder.mkdir()
        mirror = Mirror(folder)
        async with ClientSession() as session:
            made: Any = PLATFORMS[name]
            platform = made(session, address, STAND_INS[name][1], sleep=soon)
            nobody: Any = Nobody()
            kept = Kept(S3Objects(Session(path).client("s3"), "data"), "shop", mirror)
            await kept.open()
            await Pass(platform, kept, nobody).run("shop", folder)

    asyncio.run(run())


async def soon(_: float) -> None:
    """Wait a moment, whatever was asked for."""
    await asyncio.sleep(0.01)


if __name__ == "__main__":
    raise SystemExit(main())
