"""The served application of the sender's pages, with what it has put into the queue."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, DummyCookieJar
from pydantic import SecretStr
from starlette.routing import Route

from fondly.contracts.tokens import UNSUBSCRIBE, sign
from fondly.runtime.web.server import serve_app
from fondly.sender.settings import SenderWebSettings
from fondly.sender.web.routes import listening_at, web_app

KEY, OLD_KEY = "a key that nobody guesses", "the key of last year"
TOKEN = sign(KEY.encode(), UNSUBSCRIBE, "K-7")


def web_settings(**values: Any) -> SenderWebSettings:  # noqa: ANN401 - of any kind
    """Settings of a web process that listens on any free port."""
    given = {
        "data_bucket": "data",
        "runs_table": "runs",
        "feedback_queue_url": "http://127.0.0.1:9/feedback",
        "mailer_unsubscribe_key": SecretStr(KEY),
        "sender_unsubscribe_keys": {"2025": SecretStr(OLD_KEY)},
        "sender_topics": "Electronics|Home & Kitchen",
        "sender_web_port": 0,
        "sender_web_linger_s": 0,
        **values,
    }
    return SenderWebSettings(**given)


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Web:
    """A client of the served application."""

    client: ClientSession
    url: str
    sent: list[str] = field(default_factory=list)
    """The messages in the queue."""
    error: Exception | None = None
    """What the queue raises."""

    async def send(self, body: str) -> None:
        """Take a message, as the queue does."""
        if self.error:
            raise self.error
        self.sent.append(body)

    async def ask(self, method: str, path: str, **request: Any) -> Answer:  # noqa: ANN401 - as aiohttp
        """Ask without following redirects."""
        async with self.client.request(method, self.url + path, allow_redirects=False, **request) as reply:
            return Answer(reply.status, dict(reply.headers), await reply.text())


@asynccontextmanager
async def served(
    settings: SenderWebSettings | None = None, *, more: Sequence[Route] = ()
) -> AsyncIterator[Web]:
    """Serve the pages on a free port of this machine."""
    settings, stop = settings or web_settings(), asyncio.Event()
    listening: asyncio.Future[tuple[str, int]] = asyncio.get_running_loop().create_future()
    async with ClientSession(cookie_jar=DummyCookieJar()) as client:
        web = Web(client, "")
        app = web_app(settings, web.send, more=more)
        serving = asyncio.create_task(
            serve_app(app, listening_at(settings), stop=stop, listening=listening.set_result)
        )
        try:
            host, port = await listening
            web.url = f"http://{host}:{port}"
            yield web
        finally:
            stop.set()
            await serving
