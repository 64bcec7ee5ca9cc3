"""Starts the process with the pages: `python -m encore.sender.web`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from starlette.routing import Route

from encore.contracts.click_links import ClickLinks
from encore.runtime.aws import CONFIG
from encore.runtime.logs import get_logger
from encore.runtime.queue.sqs import SQSQueue
from encore.runtime.readiness import said
from encore.runtime.web.command import run_web
from encore.runtime.web.server import serve_app
from encore.sender.settings import SenderWebSettings
from encore.sender.web.app import listening_at, web_app
from encore.sender.web.clicks import ClickRoutes
from encore.sender.web.routes import Send

NAME = "sender-web"
CHECK_S = 60.0
log = get_logger()


def main() -> None:
    """Answer requests, or see whether that is possible."""
    run_web(
        NAME,
        SenderWebSettings,
        module="encore.sender.web",
        description="Show pages to unsubscribe.",
        serve=serve,
        check=check,
    )


async def serve(settings: SenderWebSettings, stop: asyncio.Event) -> str:
    """Answer requests until `stop` is set; return why none can be answered, empty if it was stopped."""
    log.info("service_started")
    async with feedback_queue(settings) as queue:
        app = web_app(settings, queue.send, more=click_routes(settings, queue.send))
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as beside:
            beside.create_task(app.measures.run(ended))
            try:
                await serve_app(app, listening_at(settings), stop=stop)
            except OSError as error:
                return said(error)
            finally:
                ended.set()
    log.info("service_stopped")
    return ""


def click_routes(settings: SenderWebSettings, send: Send) -> list[Route]:
    """The route that counts clicks, if the shop wants it."""
    if not settings.sender_web_clicks:
        return []
    return ClickRoutes(ClickLinks(settings.unsubscribe_keys), send).all()


async def check(settings: SenderWebSettings, stop: asyncio.Event) -> str:  # noqa: ARG001 - as `serve`
    """Return why the queue does not answer, empty if it does."""
    try:
        async with asyncio.timeout(CHECK_S), feedback_queue(settings) as queue:
            await queue.depth()
    except TimeoutError:
        return f"no answer within {CHECK_S:.0f} s"
    except Exception as error:  # noqa: BLE001 - whatever it is, the process could not start
        return said(error)
    return ""


@asynccontextmanager
async def feedback_queue(settings: SenderWebSettings) -> AsyncIterator[SQSQueue]:
    """Open the queue that requests are put into."""
    session: Any = get_session()
    own = AioConfig(parameter_validation=settings.validate_requests)
    async with session.create_client("sqs", config=CONFIG.merge(own)) as sqs:
        yield SQSQueue(sqs, settings.feedback_queue_url)


if __name__ == "__main__":
    main()
