"""`GET /click`: counts a click on its way to the shop. Off unless a shop sets it.

Nobody waits for the count: whoever has a link that we have signed gets to the shop, whatever becomes of it.
Programs that look at links, as far as they say so, are passed on and not counted.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondly.contracts.click_links import ClickLinks
from fondly.runtime.logs import get_logger
from fondly.runtime.web.problems import ProblemError
from fondly.sender.domain.clicks import message_of
from fondly.sender.web.routes import Send

WAIT_S = 2.0
"""How long a reader may wait for the queue."""
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers by which browsers and mailbox providers say that nobody has clicked yet."""
_ROBOT = re.compile(r"bot\b|crawl|spider|preview|scan|monitor|fetch|curl|wget|python|headless", re.IGNORECASE)
log = get_logger()


@dataclass(frozen=True)
class ClickRoutes:
    """Passes clicks on to the shop, and puts those of people into the feedback queue."""

    links: ClickLinks
    send: Send

    def all(self) -> list[Route]:
        """Return the routes, for `web_app`."""
        return [Route("/click", self.click, methods=["GET"])]

    async def click(self, request: Request) -> Response:
        """Redirect to where the link leads, if we have signed that; there is no other way to say where."""
        query = request.url.query
        target = self.links.target(query)
        if target is None:
            raise ProblemError(HTTPStatus.BAD_REQUEST, "the link leads nowhere that we have signed")
        if not looks_ahead(request.method, request.headers) and self.links.click(query):
            await self._count(query)
        return Response(status_code=HTTPStatus.FOUND, headers={**HEADERS, "Location": target})

    async def _count(self, query: str) -> None:
        try:
            async with asyncio.timeout(WAIT_S):
                await self.send(message_of(query))
        except Exception as error:  # noqa: BLE001 - a reader gets to the shop in any case
            log.warning("click_not_counted", error=type(error).__name__)


def looks_ahead(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a program that looks where a link leads, as far as it says so."""
    agent = headers.get("user-agent", "")
    is_robot = not agent or _ROBOT.search(agent) is not None
    return is_robot or method == "HEAD" or any(headers.get(name) for name in AHEAD)
