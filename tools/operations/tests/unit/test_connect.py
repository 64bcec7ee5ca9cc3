"""Connectors: from a platform's API, faults and all, to exactly the files that the shop would upload."""

import csv
import io
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from fondly.operations.connect.kept import Kept
from fondly.operations.connect.magento import Magento
from fondly.operations.connect.mirror import Mirror
from fondly.operations.connect.requests import Asked, Request
from fondly.operations.connect.run import Connected, Pass
from fondly.operations.connect.shopify import Shopify
from fondly.operations.connect.woocommerce import WooCommerce
from fondly.operations.errors import OperationError
from tests.support.platforms.magento import MagentoStandIn
from tests.support.platforms.shop import FIRST, Buyer, Line, Order, StandIn
from tests.support.platforms.shopify import ShopifyStandIn
from tests.support.platforms.woocommerce import WooCommerceStandIn
from tests.support.stores import InMemoryObjects

Rows = list[dict[str, str]]
PLATFORMS: dict[str, tuple[Callable[[], StandIn], Callable[..., Any], str]] = {
    "shopify": (ShopifyStandIn, Shopify, "shpat_1"),
    "woocommerce": (WooCommerceStandIn, WooCommerce, "ck_1:cs_1"),
    "magento": (MagentoStandIn, Magento, "integration-token"),
}
BUYERS = [Buyer(number, consents=number % 3 > 0) for number in range(1, 27)]
PRODUCTS = range(1, 32)


class Asking:
    """The open requests, in memory."""

    def __init__(self) -> None:
        self.open: list[Request] = []

    async def put(self, request: Request) -> None:
        """Keep a request."""
        self.open.append(request)

    async def all(self) -> Asked:
        """Return what is open."""
        return Asked(self.open, [], leaving=False)

    async def forget(self, requests: list[Request]) -> None:
        """Forget nobody here."""


class Shop:
    """A stand-in, and what a connector has made of it."""

    def __init__(self, platform: str, folder: Path) -> None:
        made, self.connector, self.token = PLATFORMS[platform]
        self.stand_in = made()
        self.objects = InMemoryObjects()
        self.asking = Asking()
        self.waited: list[float] = []
        self._folder = folder
        self._passes = 0

    async def sync(self, **options: Any) -> Connected:  # noqa: ANN401 - of `Pass`
        """Do a pass."""
        async with self._opened(**options) as work:
            return await work.run("shop", self._folder)

    @asynccontextmanager
    async def _opened(self, **options: Any) -> AsyncIterator[Pass]:  # noqa: ANN401 - of `Pass`
        async def sleep(seconds: float) -> None:
            self.waited.append(seconds)

        self._passes += 1
        folder = self._folder / str(self._passes)
        folder.mkdir()
        with closing(Mirror(folder)) as mirror:
            async with TestServer(self.stand_in.app()) as server, ClientSession() as session:
                consent = {"consent": "newsletter"} if self.connector is WooCommerce else {}
                url = str(server.make_url("/"))
                platform = self.connector(session, url, self.token, sleep=sleep, **consent)
                kept = Kept(self.objects, "shop", mirror)  # type: ignore[arg-type] # a double
                await kept.open()
                yield Pass(platform, kept, self.asking, **options)  # type: ignore[arg-type] # a double

    def rows(self, kind: str) -> Rows:
        """What was uploaded last."""
        text = self.objects.stored[f"uploads/shop/{kind}.csv"].decode()
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def cursors(self) -> dict[str, dict[str, str]]:
        """Where the next pass goes on."""
        state = self.objects.stored.get("connect/shop/state.json", b'{"cursors": {}}')
        return dict(json.loads(state)["cursors"])

    def fill(self) -> None:
        """Put customers, products and orders, most of which changed in one and the same second."""
        for number, buyer in enumerate(BUYERS):
            self.stand_in.customer(buyer, at=FIRST + number // 23)
        for number in PRODUCTS:
            self.stand_in.product(number, at=FIRST + number // 23, sold=number % 5 > 0)
        for number, order in enumerate(orders()):
            self.stand_in.order(order, at=FIRST + number // 45)


def orders() -> list[Order]:
    """Return 55 orders, a tenth of them of guests."""
    return [
        Order(
            id=number,
            buyer=BUYERS[number % len(BUYERS)] if number % 10 else None,
            lines=(Line(1 + number % 6, 2, int(number % 20 == 1)), Line(1 + number % 30 // 10 * 10, 1)),
            status="cancelled" if number % 7 == 0 else "completed",
            guest=f"guest-{number}@example.com",
        )
        for number in range(1, 56)
    ]


def bought(rows: Rows) -> set[tuple[str, str, str, str]]:
    """What orders say, whatever the platform calls products and states."""
    return {
        (
            row["order_id"],
            row["product_id"].removeprefix("S-"),
            f"{row['quantity']} {row['refunded_quantity'] or 0}",
            row["email"],
        )
        for row in rows
    }


def expected() -> set[tuple[str, str, str, str]]:
    """What the orders are."""
    return {
        (
            str(order.id),
            str(line.product_id),
            f"{line.quantity} {line.refunded}",
            order.buyer.email if order.buyer else order.guest,
        )
        for order in orders()
        for line in order.lines
    }


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let few things fill several pages."""
    for module in ("woocommerce", "magento"):
        monkeypatch.setattr(f"fondly.operations.connect.{module}.SIZE", 20)


@pytest.fixture(params=PLATFORMS)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Shop:
    """A filled shop of each platform."""
    made = Shop(request.param, tmp_path)
    made.fill()
    return made


@pytest.fixture
def one_shop(tmp_path: Path) -> Shop:
    """A filled shop, where it does not matter of which platform."""
    made = Shop("woocommerce", tmp_path)
    made.fill()
    return made


async def test_a_shop_becomes_exactly_the_files_that_it_would_upload(shop: Shop) -> None:
    """Every customer and order, amid 429s, errors and half answers; then none, as nothing changed."""
    shop.stand_in.faults.every = 3
    done = await shop.sync()
    assert shop.stand_in.faults.failed >= 3
    assert 2.0 in shop.waited  # as Retry-After says
    assert bought(shop.rows("orders")) == expected()
    consents = {row["user_id"]: row["marketing_consent"] for row in shop.rows("customers")}
    assert consents == {str(each.id): "yes" if each.consents else "no" for each in BUYERS}
    manifest = json.loads(shop.objects.stored["uploads/shop/manifest.json"])
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        name: sha256(shop.objects.stored[f"uploads/shop/{name}"]).hexdigest() for name in done.uploaded
    }
    rows = shop.rows("products")
    assert {(row["currency"], row["discounted_price"].rstrip("0")) for row in rows} == {("GBP", "12.5")}
    assert all(row["product_link"].startswith("https://") for row in rows if row["in_stock"] == "yes")
    sold_out = {row["product_id"].removeprefix("S-") for row in rows if row["in_stock"] == "no"}
    assert {str(number) for number in PRODUCTS if number % 5 == 0} <= sold_out
    assert done.left_out == {}
    again = await shop.sync()
    assert (again.changed, again.uploaded) == (0, [])


async def test_what_changes_while_it_is_read_is_neither_lost_nor_told_twice(shop: Shop) -> None:
    """Orders move behind the reader, and one is committed late with an older time: the next pass has them."""
    moved = iter(range(1, 50, 3))

    def meanwhile(_: int) -> None:
        if (number := next(moved, None)) is not None:
            shop.stand_in.order(orders()[number]._replace(lines=(Line(3, 5),)), at=FIRST + 500 + number)

    shop.stand_in.faults.meanwhile = meanwhile
    await shop.sync()
    shop.stand_in.faults.meanwhile = lambda _: None
    late = Order(900, BUYERS[0], (Line(2),))
    shop.stand_in.order(late, at=FIRST + 400)
    await shop.sync()
    told = [
        (row["order_id"], row["product_id"].removeprefix("S-"), row["quantity"])
        for row in shop.rows("orders")
    ]
    there = {key for key, (at, _) in shop.stand_in.shelves["orders"].things.items() if at >= FIRST + 500}
    wanted = [
        (str(order.id), str(line.product_id), str(line.quantity))
        for order in [*orders(), late]
        for line in ((Line(3, 5),) if order.id in there else order.lines)
    ]
    assert sorted(told) == sorted(wanted)


async def test_a_clock_that_runs_ahead_hides_nothing_of_what_follows(one_shop: Shop) -> None:
    """An order of the next century is read, and so is one that changes now."""
    one_shop.stand_in.order(Order(901, BUYERS[1], (Line(2),)), at=FIRST + 10**9)
    await one_shop.sync()
    one_shop.stand_in.order(Order(902, BUYERS[1], (Line(2),)), at=int(time.time()))
    await one_shop.sync()
    assert {"901", "902"} <= {row["order_id"] for row in one_shop.rows("orders")}


async def test_a_pass_that_is_cut_off_goes_on_where_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that were stored are not read again, but for the overlap, and nothing of them is missing."""
    monkeypatch.setattr("fondly.operations.connect.kept.PIECE_BYTES", 1)
    monkeypatch.setattr("fondly.operations.connect.shopify.OBJECTS_A_PAGE", 9)
    faults = shop.stand_in.faults

    def cut_off(_: int) -> None:
        faults.every = int(any("orders" in each for each in shop.cursors()))

    faults.meanwhile = cut_off
    with pytest.raises(OperationError, match=r"no answer after 8 tries|ends after"):
        await shop.sync()
    faults.meanwhile, faults.every = lambda _: None, 0
    read = shop.cursors()
    assert "uploads/shop/orders.csv" not in shop.objects.stored
    await shop.sync()
    assert read["orders"]["since"] or read["orders"]["place"]
    assert bought(shop.rows("orders")) == expected()


async def test_of_two_connectors_at_once_one_ends_without_harm(one_shop: Shop) -> None:
    """Whoever comes second changes nothing and says why."""
    async with one_shop._opened() as slower:
        await one_shop.sync()
        before = dict(one_shop.objects.stored)
        with pytest.raises(OperationError, match="another connector"):
            await slower.run("shop", Path())
    after = {key: body for key, body in one_shop.objects.stored.items() if "/log/" not in key}
    assert after == {key: body for key, body in before.items() if "/log/" not in key}


async def test_what_is_gone_goes_and_customers_are_forgotten(shop: Shop) -> None:
    """Products and orders leave the files, customers ask to be forgotten, and none of it comes back."""
    await shop.sync()
    gone = BUYERS[4]
    shop.stand_in.shelves["products"].remove(12)
    shop.stand_in.shelves["orders"].remove(31)
    shop.stand_in.shelves["customers"].remove(gone.id)
    await shop.sync()
    assert shop.asking.open == [Request(customer_id=str(gone.id), email=gone.email)]
    assert str(gone.id) not in {row["user_id"] for row in shop.rows("customers")}
    assert gone.email not in {row["email"] for row in shop.rows("orders")}
    assert "31" not in {row["order_id"] for row in shop.rows("orders")}
    assert "12" not in {row["product_id"].removeprefix("S-") for row in shop.rows("products")}
    shop.stand_in.shelves["products"].remove(1)
    assert (await shop.sync()).left_out["orders"] > 5
    shop.stand_in.order(next(each for each in orders() if each.buyer == gone), at=FIRST + 900)
    told = list[str]()
    await shop.sync(tell=told.append)
    assert gone.email not in {row["email"] for row in shop.rows("orders")}
    assert told == []  # as many objects as the shop has: their ids need not be compared


async def test_many_customers_gone_at_once_are_not_believed(one_shop: Shop) -> None:
    """A token that sees nobody any more must not forget everybody."""
    await one_shop.sync()
    for buyer in BUYERS[:12]:
        one_shop.stand_in.shelves["customers"].remove(buyer.id)
    with pytest.raises(OperationError, match=r"12 of 26 customers are gone .* --many-gone"):
        await one_shop.sync()
    assert not one_shop.asking.open
    await one_shop.sync(many_gone=True)
    assert len(one_shop.asking.open) == 12
