"""Connectors: a whole shop through each platform's stand-in, with faults and a kill in the middle.

Stand-in and connector are processes of their own; the bucket is a folder. Exits with 1 if a file is not just
what the shop holds, or if memory grows beyond the limit from the first half of the pass after the kill to the
second.
"""

import argparse
import asyncio
import csv
import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import psutil
from aiohttp import ClientSession, web
from rich.console import Console
from rich.table import Table

from fondly.operations.connect.kept import Kept
from fondly.operations.connect.mirror import Mirror
from fondly.operations.connect.opening import PLATFORMS
from fondly.operations.connect.requests import Asked
from fondly.operations.connect.run import Pass
from tests.support.platforms.magento import MagentoStandIn
from tests.support.platforms.shop import FIRST, Buyer, Line, Order
from tests.support.platforms.shopify import ShopifyStandIn
from tests.support.platforms.woocommerce import WooCommerceStandIn

STAND_INS: dict[str, Any] = {
    "shopify": (ShopifyStandIn, "shpat_1"),
    "woocommerce": (WooCommerceStandIn, "ck_1:cs_1"),
    "magento": (MagentoStandIn, "integration-token"),
}
LINES_PER_ORDER = 4
ORDERS_PER_CUSTOMER = 5
MAX_GROWTH = 1.3
"""Limit for memory, second half of a pass to first."""
MIB = 1 << 20


class Folder:
    """A bucket in a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def put(self, key: str, body: bytes | BinaryIO, *, content_type: str) -> None:
        """Store an object; half of one is never seen."""
        assert content_type  # noqa: S101 - as S3 is told it
        path = self._path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        with part.open("wb") as file:
            for block in [body] if isinstance(body, bytes) else iter(lambda: body.read(MIB), b""):
                file.write(block)
        part.rename(path)

    async def tagged(self, key: str) -> tuple[bytes, str]:
        """Return an object and its ETag."""
        path = self._path / key
        body = path.read_bytes() if path.exists() else b""
        return body, sha256(body).hexdigest() if body else ""

    async def replace(self, key: str, body: bytes, *, etag: str) -> str | None:
        """Store an object in the place of another."""
        if (await self.tagged(key))[1] != etag:
            return None
        await self.put(key, body, content_type="application/json")
        return (await self.tagged(key))[1]

    async def lines(self, key: str) -> AsyncIterator[bytes]:
        """Yield the lines of an object."""
        with (self._path / key).open("rb") as file:
            for line in file:
                yield line

    async def remove(self, key: str) -> int:
        """Remove an object."""
        (self._path / key).unlink()
        return 1


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
    parser.add_argument("--every", type=int, default=50, help="Each so manieth request fails.")
    given = parser.parse_args()
    table = Table(
        "platform", "products", "lines", "exact", "requests", "after the kill", "s", "CPU s", "MiB", "growth"
    )
    results = [measure(name, given, table) for name in given.platform]
    Console().print(table)
    return 0 if all(results) else 1


def measure(name: str, given: argparse.Namespace, table: Table) -> bool:
    """Take a shop through a connector that is killed once; add a row, and return whether all limits hold."""
    spawn = multiprocessing.get_context("spawn")
    port, requests = spawn.Value("i", 0), spawn.Value("i", 0)
    shop = spawn.Process(target=serve, args=(name, given, port, requests))
    shop.start()
    while not port.value:
        time.sleep(0.1)
    with TemporaryDirectory() as folder:
        path = Path(folder)
        begun = time.monotonic()
        killed = spawn.Process(target=connect, args=(name, port.value, path, "killed"))
        killed.start()
        while len(list(path.glob("connect/shop/log/*.jsonl"))) < max(1, given.lines * 150 // (3 * (8 << 20))):
            time.sleep(0.05)
        os.kill(killed.pid or 0, signal.SIGKILL)
        killed.join()
        before = requests.value
        child = spawn.Process(target=connect, args=(name, port.value, path, "whole"))
        child.start()
        memory, cpu = watched(child)
        exact = compare(path / "uploads/shop", given.products, given.lines)
        half = len(memory) // 2
        growth = median(memory[half:]) / median(memory[:half])
        after = requests.value - before
        table.add_row(
            *(
                name,
                f"{given.products:,}",
                f"{given.lines:,}",
                "yes" if exact else "no",
                f"{requests.value:,}",
            ),
            *(
                f"{after:,}",
                f"{time.monotonic() - begun:.0f}",
                f"{cpu:.0f}",
                f"{max(memory):.0f}",
                f"{growth:.2f}",
            ),
        )
    shop.terminate()
    shop.join()
    return exact and growth <= MAX_GROWTH and not child.exitcode


def watched(child: Any) -> tuple[list[float], float]:  # noqa: ANN401 - a process of a context
    """Wait for a process; return its resident MiB over time, without its start, and its CPU seconds."""
    memory, cpu, process = [], 0.0, psutil.Process(child.pid)
    while child.is_alive():
        try:
            memory.append(process.memory_info().rss / MIB)
            cpu = sum(process.cpu_times()[:2])
        except psutil.NoSuchProcess:
            break
        child.join(0.2)
    return memory[len(memory) // 10 :], cpu


def compare(folder: Path, products: int, lines: int) -> bool:
    """Return whether the files hold exactly the shop, by how often each thing is there."""
    found = Counter[str]()
    with (folder / "orders.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found[f"{row['order_id']} {row['product_id'].removeprefix('S-')} {row['quantity']}"] += 1
    wanted = Counter(
        f"{order.id} {line.product_id} {line.quantity}"
        for order in orders(products, lines)
        for line in order.lines
    )
    with (folder / "products.csv").open(newline="") as file:
        offered = Counter(row["product_id"].removeprefix("S-") for row in csv.DictReader(file))
    return (
        found == wanted
        and offered.keys() >= {str(key) for key in goods(products)}
        and max(offered.values()) == 1
    )


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


def serve(name: str, given: argparse.Namespace, port: Any, requests: Any) -> None:  # noqa: ANN401 - shared values
    """Be the shop's platform."""
    stand_in = STAND_INS[name][0]()
    for number, key in enumerate(goods(given.products)):
        stand_in.product(key, at=FIRST + number // 30)
    for order in orders(given.products, given.lines):
        stand_in.order(order, at=FIRST + order.id // 30)
        if order.id % ORDERS_PER_CUSTOMER == 1:
            stand_in.customer(order.buyer, at=FIRST + order.id)
    stand_in.faults.every = given.every
    stand_in.faults.meanwhile = lambda number: setattr(requests, "value", number)

    async def run() -> None:
        runner = web.AppRunner(stand_in.app())
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port.value = runner.addresses[0][1]
        await asyncio.Event().wait()

    asyncio.run(run())


def connect(name: str, port: int, path: Path, scratch: str) -> None:
    """Do a pass, as `fondly connect` does."""

    async def run() -> None:
        folder = path / scratch
        folder.mkdir()
        mirror = Mirror(folder)
        async with ClientSession() as session:
            made: Any = PLATFORMS[name]
            platform = made(session, f"http://127.0.0.1:{port}", STAND_INS[name][1], sleep=soon)
            objects: Any = Folder(path)
            nobody: Any = Nobody()
            kept = Kept(objects, "shop", mirror)
            await kept.open()
            await Pass(platform, kept, nobody).run("shop", folder)

    asyncio.run(run())


async def soon(_: float) -> None:
    """Wait a moment, whatever was asked for."""
    await asyncio.sleep(0.01)


if __name__ == "__main__":
    raise SystemExit(main())
