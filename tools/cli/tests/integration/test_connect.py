"""`fondly connect`: a shop becomes a set in the bucket, and who is gone there is forgotten here."""

import asyncio
import base64
import hmac
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from aiohttp import web

from fondly.operations.verification import Account
from fondly.stack.provision import Resources
from tests.support.platforms.shop import FIRST, Buyer, Line, Order
from tests.support.platforms.woocommerce import WooCommerceStandIn
from tools.cli.tests.conftest import Fondly

BUYERS = [Buyer(7_300_100 + number) for number in range(12)]
GONE, ASKS = BUYERS[3:5]
TOKEN, SECRET = "ck_1:cs_1", "whsec"


class Served(WooCommerceStandIn):
    """A small shop that a thread serves."""

    def __init__(self) -> None:
        super().__init__()
        self.url = ""
        for number, buyer in enumerate(BUYERS):
            self.product(100 + number, at=FIRST)
            self.customer(buyer, at=FIRST)
            self.order(Order(500 + number, buyer, (Line(100 + number),)), at=FIRST)

    def serve(self, ready: threading.Event, stop: threading.Event) -> None:
        """Answer requests until `stop` is set."""

        async def run() -> None:
            runner = web.AppRunner(self.app())
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.url = site.name if site.name[-1] != "0" else f"http://127.0.0.1:{runner.addresses[0][1]}"
            ready.set()
            await asyncio.to_thread(stop.wait)
            await runner.cleanup()

        asyncio.run(run())


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A shop of WooCommerce, with the token in a variable."""
    monkeypatch.setenv("FONDLY_CONNECT_TOKEN", TOKEN)
    made, ready, stop = Served(), threading.Event(), threading.Event()
    thread = threading.Thread(target=made.serve, args=(ready, stop))
    thread.start()
    ready.wait(10)
    yield made
    stop.set()
    thread.join()


def connect(fondly: Fondly, shop: Served, code: int = 0) -> dict[str, object]:
    """Do a pass; return what it answers."""
    answer = fondly("connect", "woocommerce", "--shop", shop.url, "--consent", "newsletter", "--json")
    assert answer.code == code, answer.err
    return dict(answer.json)


def test_the_check_finds_nothing_wrong_with_a_set(
    fondly: Fondly, shop: Served, resources: Resources, tmp_path: Path
) -> None:
    """What was uploaded is read as it is: every product, customer and order, and no row is rejected."""
    uploaded = connect(fondly, shop)["uploaded"]
    assert uploaded == ["products.csv", "customers.csv", "orders.csv"]
    s3 = boto3.client("s3")
    for name in ("products.csv", "customers.csv", "orders.csv"):
        s3.download_file(resources.buckets["data"], f"uploads/woocommerce/{name}", str(tmp_path / name))
    config = tmp_path / "fondly.toml"
    config.write_text('[shop]\ncurrency = "GBP"\n')
    files = [str(tmp_path / name) for name in ("products.csv", "customers.csv", "orders.csv")]
    answer = fondly("check", *files, "--config", str(config), "--json")
    counts = answer.json["report"]["counts"]
    found = {name: counts[name] for name in ("products", "customers", "purchases", "rejected_rows")}
    assert found == {"products": 13, "customers": 12, "purchases": 12, "rejected_rows": 0}


def test_who_is_gone_in_the_shop_or_asks_for_it_is_forgotten_with_proof(
    fondly: Fondly,
    shop: Served,
    resources: Resources,
    monkeypatch: pytest.MonkeyPatch,
    personalize: Account,  # noqa: ARG001 - it is asked to forget, too
) -> None:
    """A search of everything finds them nowhere: log, requests, uploads. Who forges asks in vain."""
    monkeypatch.setenv("FONDLY_CONNECT_WEBHOOK_SECRET", SECRET)
    connect(fondly, shop)
    body = json.dumps({"id": ASKS.id})
    signed = base64.b64encode(hmac.digest(SECRET.encode(), body.encode(), "sha256")).decode()
    words = ("connect", "webhook", "woocommerce", "--topic", "customer.deleted", "--signature")
    refused = fondly(*words, "x" + signed[1:], answer=body)
    assert (refused.code, refused.err) == (1, "the webhook is refused: the signature is wrong\n")
    assert fondly(*words, signed, answer=body).code == 0
    s3, bucket = boto3.client("s3"), resources.buckets["data"]
    wish = {"asks": "export", "customer_id": str(BUYERS[0].id), "email": ""}
    s3.put_object(Bucket=bucket, Key="connect/requests/wish.json", Body=json.dumps(wish))
    shop.shelves["customers"].remove(ASKS.id)
    shop.shelves["customers"].remove(GONE.id)
    done = connect(fondly, shop, code=1)
    assert done["exports"] == [wish["customer_id"]]
    assert done["forgotten"]["proof"]["found"] == []  # type: ignore[index] # of JSON
    assert fondly("customer", "search", str(GONE.id), GONE.email, str(ASKS.id), ASKS.email).code == 0
    fondly("customer", "export", wish["customer_id"])
    assert s3.list_objects_v2(Bucket=bucket, Prefix="connect/requests/")["KeyCount"] == 0
    stored = s3.get_object(Bucket=bucket, Key="uploads/woocommerce/customers.csv")["Body"].read()
    assert stored.decode().count("@example.com") == len(BUYERS) - 2


def test_the_token_comes_from_secrets_manager_and_is_never_said(
    fondly: Fondly, shop: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name; a missing secret is named, a wrong token is refused by the shop, and neither is printed."""
    monkeypatch.delenv("FONDLY_CONNECT_TOKEN")
    words = ("connect", "woocommerce", "--shop", shop.url)
    assert "no token: give --secret" in fondly(*words).err
    assert (
        "the secret shop-token cannot be read: ResourceNotFound"
        in fondly(*words, "--secret", "shop-token").err
    )
    boto3.client("secretsmanager").create_secret(Name="shop-token", SecretString="ck_1:cs_wrong")
    wrong = fondly(*words, "--secret", "shop-token")
    assert wrong.code == 1
    assert "the token is refused" in wrong.err
    assert "cs_wrong" not in wrong.err + wrong.out
    plain = fondly(*words[:3], "http://shop.example.com", "--secret", "shop-token")
    assert plain.err == "found http://shop.example.com, expected https://, without a user\n"
