"""The routes: a GET shows a page and changes nothing, because scanners follow links; a POST does it at once.

Source: RFC 8058, which wants neither cookies nor a redirect, and a body of either type of a form.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from fondly.contracts.tokens import TEST_TOKEN, UNSUBSCRIBE, verify
from fondly.runtime.web.gate import Gate, RateLimits, anybody
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.problems import ProblemError
from fondly.runtime.web.server import Listening, WebApp
from fondly.sender.domain.requests import Request, RequestError, preferences_of
from fondly.sender.settings import SenderWebSettings
from fondly.sender.web.pages import Page, Pages, language_of

Send = Callable[[str], Awaitable[None]]
"""Puts a message into the feedback queue."""


@dataclass(frozen=True, kw_only=True)
class Routes:
    """Answers customers and mailbox providers; `stopping` is set when the process is about to end."""

    keys: Sequence[bytes]
    pages: Pages
    send: Send
    stopping: asyncio.Event

    def all(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/unsubscribe", self.ask, methods=["GET"]),
            Route("/unsubscribe", self.unsubscribe, methods=["POST"]),
            Route("/preferences", self.preferences, methods=["GET"]),
            Route("/preferences", self.keep, methods=["POST"]),
            Route("/health", self.health, methods=["GET"]),
        ]

    async def ask(self, request: HttpRequest) -> Response:
        """Ask whether to unsubscribe."""
        return self._page(Page.ASK, self._token(request))

    async def unsubscribe(self, request: HttpRequest) -> Response:
        """Unsubscribe, whatever the body says."""
        token = self._token(request)
        await self._pass_on(Request(token))
        return self._page(Page.UNSUBSCRIBED, token)

    async def preferences(self, request: HttpRequest) -> Response:
        """Ask how often the customer wants emails, and of what."""
        return self._page(Page.PREFERENCES, self._token(request))

    async def keep(self, request: HttpRequest) -> Response:
        """Keep what the form says; ask again if it says nothing, or names what the page does not offer."""
        token = self._token(request)
        try:
            form = (await request.body()).decode("utf-8", "replace")
            preferences = preferences_of(form, self.pages.topics)
        except RequestError:
            return self._page(Page.PREFERENCES, token, HTTPStatus.BAD_REQUEST)
        await self._pass_on(Request(token, preferences))
        return self._page(Page.STORED, token)

    async def health(self, _: HttpRequest) -> Response:
        """Answer 200 unless the process is ending."""
        if self.stopping.is_set():
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "the process is stopping")
        return JSONResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})

    def problem(self, problem: ProblemError) -> Response:
        """Return the page for a request that could not be answered."""
        passes = (
            problem.status == HTTPStatus.TOO_MANY_REQUESTS
            or problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        )
        page = Page.LATER if passes else Page.WRONG
        headers = {**self.pages.headers, **problem.headers}
        return Response(self.pages.show(page), problem.status, headers=headers)

    def _token(self, request: HttpRequest) -> str:
        """Return the link's token; raise `ProblemError` if no key of ours has signed it."""
        token = request.query_params.get("t", "")
        if token != TEST_TOKEN and verify(self.keys, UNSUBSCRIBE, token) is None:
            raise ProblemError(HTTPStatus.BAD_REQUEST, "the link has no token that we have signed")
        return token

    async def _pass_on(self, request: Request) -> None:
        if request.token != TEST_TOKEN:
            await self.send(request.message)

    def _page(self, page: Page, token: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
        return Response(self.pages.show(page, token), status, headers=dict(self.pages.headers))


def listening_at(settings: SenderWebSettings) -> Listening:
    """The address on which, by the settings, the process listens."""
    return Listening(
        host=settings.sender_web_host,
        port=settings.sender_web_port,
        linger_s=settings.sender_web_linger_s,
        drain_s=settings.drain_s,
        proxies=settings.web_proxies,
    )


def web_app(settings: SenderWebSettings, send: Send, *, more: Sequence[Route] = ()) -> WebApp:
    """Put the application together; `more` are routes of other modules, behind the same gate."""
    measures, stopping = Measures(), asyncio.Event()
    routes = Routes(
        keys=settings.unsubscribe_keys,
        pages=Pages(language_of(settings.mailer_locale), settings.mailer_brand_name, settings.topics),
        send=send,
        stopping=stopping,
    )
    gate = Gate(
        app=Router([*routes.all(), *more], redirect_slashes=False),
        admit=anybody,
        limits=RateLimits(
            per_s=settings.sender_web_requests_per_s,
            caller_per_s=settings.sender_web_caller_requests_per_s,
        ),
        measures=measures,
        request_s=settings.sender_web_request_s,
        paths="/unsubscribe, /preferences, /health",
        answer=routes.problem,
    )
    return WebApp(gate, measures, stopping)
