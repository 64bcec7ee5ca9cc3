"""Webhooks: what has happened to a run is told, signed, until it is taken; and to nobody inside a network."""

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus

import pytest
from aiohttp import web

from fondly.contracts.clock import utc_now
from fondly.operations.errors import OperationError
from fondly.operations.webhooks.endpoints import EventName, add_webhook, remove_webhook
from fondly.operations.webhooks.posting import PublicAddresses, checked_url
from fondly.operations.webhooks.sendings import AFTER, Watch, replay_webhook, webhook_deliveries
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.stack.provision import Resources
from tests.support.runs import RUN
from tools.cli.tests.delivering import FinishedRun
from tools.console.tests.conftest import Asking


@dataclass
class Receiver:
    """An endpoint of another system, which answers as it is told to."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    """The statuses of the next answers; 204 for all others."""
    received: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    """Ids, timestamps, signatures and bodies."""

    async def take(self, request: web.Request) -> web.Response:
        """Take a message."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        headers = (request.headers[names[0]], request.headers[names[1]], request.headers[names[2]])
        self.received.append((*headers, await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else HTTPStatus.NO_CONTENT)


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    """An endpoint on this machine."""
    receiver, app = Receiver(), web.Application()
    app.router.add_post("/", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield receiver
    await runner.cleanup()


async def test_an_endpoint_is_told_of_a_run_until_it_has_taken_it(
    console: Asking, resources: Resources
) -> None:
    """Signed, with one id for all tries, and nothing in it that names anybody or says why a run failed."""
    environment, run = console.environment, FinishedRun(resources)
    async with listening() as receiver:
        made = await add_webhook(environment, url=receiver.url, by="Ann")
        await asyncio.to_thread(run.make, delivery=DeliveryStatus.HELD)
        receiver.answers = [HTTPStatus.INTERNAL_SERVER_ERROR]
        watch, now = Watch(environment), utc_now()
        for at in (now, now, now + AFTER[0] + timedelta(seconds=5), now + timedelta(days=1)):
            await watch.look(at)
        sendings = await webhook_deliveries(environment)
        told = [json.loads(body) for _, _, _, body in receiver.received]
        assert [each["type"] for each in told] == ["run.finished", "approval.asked", "run.finished"]
        assert told[0] == told[2]
        assert told[0]["data"] == {"run_id": RUN, "status": "finished", "counts": told[0]["data"]["counts"]}
        ids = [each[0] for each in receiver.received]
        assert (ids[0], len(set(ids))) == (ids[2], 2)
        for message_id, timestamp, signature, body in receiver.received:
            signed = f"{message_id}.{timestamp}.".encode() + body
            digest = hmac.digest(b64decode(made.secret.removeprefix("whsec_")), signed, "sha256")
            assert signature == f"v1,{b64encode(digest).decode()}"
        assert {each.event: (each.attempts, each.answered) for each in sendings} == {
            EventName.RUN_FINISHED: (2, HTTPStatus.NO_CONTENT),
            EventName.APPROVAL_ASKED: (1, HTTPStatus.NO_CONTENT),
        }
        again = await replay_webhook(environment, ids[0], by="Ann")
        assert (again.attempts, again.is_taken, len(receiver.received)) == (3, True, 4)
        shown = await console.get("/webhooks")
        assert f'action="/webhooks/{ids[0]}/replay"' in shown.text
        await remove_webhook(environment, made.endpoint, by="Ann")
        with pytest.raises(OperationError, match="was removed"):
            await replay_webhook(environment, ids[0], by="Ann")


@pytest.mark.parametrize(
    "url",
    [
        *("http://shop.example/", "ftp://shop.example/", "https:///", "https://user:word@shop.example/"),
        *("https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/"),
        *("https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[fd00:ec2::254]/"),
        *(
            "https://2130706433/",
            "https://127.1/",
            "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
            "https://127\u30020\u30020\u30021/",
        ),
        *("https://localhost/", "https://0.0.0.0/", "https://224.0.0.1/", "https://[fe80::1%25eth0]/"),
    ],
)
def test_nobody_is_told_inside_the_network(url: str) -> None:
    """However an address is written."""
    with pytest.raises(OperationError, match="expected https"):
        checked_url(url, loopback=False)


async def test_a_name_that_leads_inside_is_not_followed() -> None:
    """What a name stands for is looked at when it is connected to, and then not again."""
    with pytest.raises(OSError, match="not public"):
        await PublicAddresses(loopback=False).resolve("localhost", 443)
