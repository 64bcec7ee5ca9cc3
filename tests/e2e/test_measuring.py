"""What emails bring, through the running services: a click, an order told later, and the results of a run."""

import asyncio
import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from typer.testing import CliRunner

from fondly.cli.app import app
from fondly.contracts import object_keys
from fondly.contracts.click_links import Click, ClickLinks
from fondly.contracts.records import CustomerEvent, EventKind
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.stack.embedded import PAGES_PORT
from services.recommender.tests.fakes import made_up_shop
from tests.e2e.conftest import DELIVERY
from tests.support.deliveries import delivery_of, fondly
from tests.support.finished_runs import now
from tests.support.pipeline import Pipeline
from tests.support.played_ingest import PlayedIngest

pytestmark = pytest.mark.timeout(700)
SHOP = made_up_shop(customers=24, part_size=24, prefix="M")
RUN = "run-00000000000c11c5"
TARGET = "https://shop.example.com/p/1?a=b"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LINKS = ClickLinks((DELIVERY["FONDLY_MAILER_UNSUBSCRIBE_KEY"].encode(),))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def follow(pipeline: Pipeline, query: str, method: str = "GET") -> tuple[int, str]:
    """Follow a link of an email, as far as the process that counts clicks; return where it leads."""
    url = f"http://127.0.0.1:{pipeline.stack.variables[PAGES_PORT]}/click?{query}"
    request = urllib.request.Request(url, method=method, headers={"User-Agent": BROWSER})
    try:
        urllib.request.build_opener(_Stay).open(request, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers["Location"]
    raise AssertionError("no redirect")


async def results(pipeline: Pipeline) -> dict[str, Any]:
    """The results of the run, all emails together."""
    environment = {"FONDLY_ENVIRONMENT": pipeline.stack.resources.tables["runs"].removesuffix("-runs")}
    done = await asyncio.to_thread(
        CliRunner().invoke, app, ["run", "results", RUN, "--json"], env=environment
    )
    assert done.exit_code == 0, done.output
    [group] = [each for each in json.loads(done.stdout)["groups"] if each["name"] == "all emails"]
    return dict(group)


async def test_clicks_and_orders_count_for_the_run_that_led_to_them(pipeline: Pipeline) -> None:
    """A click by a signed link, and a purchase that a shop uploads: each once, and a scanner not at all."""
    before = await pipeline.dead_letters()
    people = SHOP.parts[0][:4]
    await PlayedIngest(pipeline).run(RUN, SHOP.products, people)
    await delivery_of(pipeline, RUN, DeliveryStatus.HELD)
    await fondly(pipeline, "run", "approve", RUN, "--yes")
    await delivery_of(pipeline, RUN, DeliveryStatus.DONE)

    product_id = SHOP.products[0].product_id
    reader, scanned, buyer, _ = (one.customer_id for one in people)
    query = {one: LINKS.query(Click(RUN, one, product_id), TARGET) for one in (reader, scanned)}
    for method, customer_id in (("GET", reader), ("GET", reader), ("HEAD", scanned)):
        assert await asyncio.to_thread(follow, pipeline, query[customer_id], method) == (302, TARGET)
    bought = CustomerEvent(
        event_id="measured-1",
        customer_id=buyer,
        product_id=product_id,
        kind=EventKind.PURCHASED,
        timestamp=int(now().timestamp()) + 1,
        value="49.90",
    )
    await pipeline.observer.objects.put_lines(f"{object_keys.INTERACTIONS}measured.jsonl", [bought])
    async with asyncio.timeout(pipeline.patience_s):
        while (found := await results(pipeline))["clicked"] < 1 or found["bought"] < 1:  # noqa: ASYNC110 - other processes count
            await asyncio.sleep(0.5)
    await pipeline.quiet()
    found = await results(pipeline)
    assert (found["customers"], found["delivered"]) == (4, 4)
    assert (found["clicked"], found["bought"], found["revenue"]) == (1, 1, "49.90")
    assert await pipeline.dead_letters() == before
