"""Starts the process with the pages: `python -m fondly.sender.web`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.routing import Route

from fondly.contracts.click_links import ClickLinks
from fondly.runtime.aws import client_opener
from fondly.runtime.logs import get_logger
from fondly.runtime.process import run_main
from fondly.runtime.queue.sqs import SQSQueue
from fondly.runtime.readiness import problem_of
from fondly.runtime.web.server import serve_web
from fondly.sender.settings import SenderWebSettings
from fondly.sender.web.clicks import ClickRoutes
from fondly.sender.web.routes import Send, listening_at, web_app

NAME = "sender-web"
log = get_logger()


def main() -> None:
    """Answer requests, or see whether that is possible."""
    run_main(
        NAME,
        SenderWebSettings,
        module="fondly.sender.web",
        description="Show pages to unsubscribe.",
        serve=serve,
        check=check,
    )


async def serve(settings: SenderWebSettings, stop: asyncio.Event) -> str:
    """Answer requests until `stop` is set; return why none can be answered, empty if it was stopped."""
    log.info("service_started")
    async with feedback_queue(settings) as queue:
        app = web_app(settings, queue.send, more=click_routes(settings, queue.send))
        return await serve_web(app, listening_at(settings), stop=stop)


def click_routes(settings: SenderWebSettings, send: Send) -> list[Route]:
    """The route that counts clicks, if the shop wants it."""
    if not settings.sender_web_clicks:
        return []
    return ClickRoutes(ClickLinks(settings.unsubscribe_keys), send).all()


async def check(settings: SenderWebSettings, stop: asyncio.Event) -> str:  # noqa: ARG001 - as `serve`
    """Return why the queue does not answer, empty if it does."""

    async def look() -> str:
        async with feedback_queue(settings) as queue:
            await queue.depth()
        return ""

    return await problem_of(look())


@asynccontextmanager
async def feedback_queue(settings: SenderWebSettings) -> AsyncIterator[SQSQueue]:
    """Open the queue that requests are put into."""
    async with AsyncExitStack() as stack:
        sqs = await client_opener(stack, validate=settings.validate_requests)("sqs")
        yield SQSQueue(sqs, settings.feedback_queue_url)


if __name__ == "__main__":
    main()
