"""The application: who asks, what they may, and the pages; it knows no operation itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fondly.console import static_files
from fondly.console.api.operation import FORM
from fondly.console.api.routes import ROUTES as API_ROUTES
from fondly.console.live import Live
from fondly.console.pages import AREAS
from fondly.console.rendering import HEADERS, go, page
from fondly.console.roles import Person, Role
from fondly.console.sessions import COOKIE, SESSION_S, LocalSessions
from fondly.console.staging import Staging
from fondly.console.watching import Watching
from fondly.contracts.errors import PermanentError
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.operations.tokens import find_token
from fondly.runtime.web.gate import MAX_BODY_BYTES, limited, problem_of
from fondly.runtime.web.problems import MEDIA_TYPE, ProblemError, problem_response

SAFE = frozenset({"GET", "HEAD"})
OPEN = ("/static/", "/open/", "/live", "/health")
"""What anybody may ask for."""
API = "/api/"
UPLOADS = ("/uploads", "/api/v1/uploads")
"""What may take longer than anything else, with bodies as large as uploads."""
REQUEST_S, UPLOAD_S = 60.0, 1_800.0
"""For how long a request may take, but for one that follows what happens."""
Identify = Callable[[HTTPConnection], Awaitable[Person | None]]
"""Says who asks; None for nobody known."""


@dataclass(frozen=True)
class Console:
    """What the application serves, and for whom."""

    environment: Environment
    """Stays open as long as the console; on AWS, its calls are signed for whoever acts."""
    identify: Identify
    hosts: frozenset[str]
    """The values of `Host` that are answered, as `127.0.0.1:8080`; empty behind a proxy that checks it."""
    sessions: LocalSessions | None = None
    """Sessions of a local console."""
    live: Live = field(default_factory=Live)
    staging: Staging = field(default_factory=Staging)
    drafts: dict[str, Any] = field(default_factory=dict)
    """What people are about to save of the shop's files, by person."""
    max_upload_bytes: int = 4 * 1024**3
    """All files of an upload together."""

    @cached_property
    def watching(self) -> Watching:
        """What its viewers look at."""
        return Watching(self.environment)


def console_app(console: Console, more: Sequence[Route] = ()) -> ASGIApp:
    """Return the application."""
    routes = [
        static_files.ROUTE,
        Route("/open/{token}", _open),
        Route("/live", _live),
        Route("/health", _live),
        *(route for area in AREAS for route in area.ROUTES),
        *API_ROUTES,
        *more,
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # it would lead to whatever host a request names
    app.state.console = console
    return Guard(app, console)


@dataclass(frozen=True)
class Guard:
    """Identifies who asks, refuses what another site sends, and turns errors into pages or problems."""

    app: Starlette
    console: Console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started, is_upload = False, scope["path"].startswith(UPLOADS)

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if headers.get("content-type", "").startswith("text/event-stream"):
                    time.reschedule(None)
            await send(message)

        request = Request(scope, receive)
        scope["app"] = self.app  # so that routes raise what they do not find, instead of answering in words
        try:
            async with asyncio.timeout(UPLOAD_S if is_upload else REQUEST_S) as time:
                scope.setdefault("state", {})
                await self._admit(request)
                has_files = is_upload and request.headers.get("content-type", "").startswith(FORM)
                most = self.console.max_upload_bytes if has_files else MAX_BODY_BYTES
                await self.app.router(scope, limited(receive, most), sending)
        except ClientDisconnect:
            return
        except Exception as error:
            if started:
                raise
            await _answer(_problem(error), request)(scope, receive, sending)

    async def _admit(self, request: Request) -> None:
        """Set who asks; raise `ProblemError` for nobody known, a foreign site or a foreign name of ours."""
        scope, headers = request.scope, request.headers
        if self.console.hosts and headers.get("host", "") not in self.console.hosts:
            raise ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "this console has another address")
        if scope["path"].startswith(OPEN):
            return
        token = _token(request)
        if request.method not in SAFE and token is None and not _is_own(headers):
            raise ProblemError(HTTPStatus.FORBIDDEN, "this was sent from another site")
        person = await (self.console.identify(request) if token is None else self._machine(token))
        if person is None:
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "nobody is signed in", {"WWW-Authenticate": "Bearer"})
        scope["state"]["person"] = person
        scope["state"]["environment"] = self.console.environment

    async def _machine(self, text: str) -> Person | None:
        """Return the machine that has a token, whatever else its request brings."""
        found = await find_token(self.console.environment, text)
        return Person.of(f"token:{found.name}", [Role(found.role)]) if found else None


def _token(request: Request) -> str | None:
    """Return the bearer token of a request to the API, which then counts alone; None if it brings none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.casefold() == "bearer" and request.scope["path"].startswith(API) else None


def _is_own(headers: Headers) -> bool:
    """Whether a request that changes something comes from a page of ours, as the browser says.

    `Sec-Fetch-Site` is sent by every browser since 2023; without it, `Origin` must be ours.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    host = headers.get("host", "")
    return headers.get("origin") in {f"http://{host}", f"https://{host}"}


def _problem(error: Exception) -> ProblemError:
    if isinstance(error, OperationError | PermanentError):
        status, changes = getattr(error, "status", HTTPStatus.NOT_FOUND), getattr(error, "changes", None)
        return ProblemError(status, str(error), more={"changes": changes} if changes else {})
    return problem_of(error)


def _answer(problem: ProblemError, request: Request) -> Response:
    """Answer with a page, or under `/api/` with problem details (RFC 9457)."""
    if request.scope["path"].startswith(API) or MEDIA_TYPE in request.headers.get("accept", ""):
        return problem_response(problem)
    answer = page(request, "problem.html", status=problem.status, problem=problem)
    answer.headers.update(problem.headers)
    return answer


async def _open(request: Request) -> Response:
    """Begin a session for whoever has a one-time address."""
    sessions: LocalSessions | None = request.app.state.console.sessions
    cookie = sessions.open(request.path_params["token"]) if sessions else None
    if cookie is None:
        detail = "this address was used already, or is too old: `fondly console` prints another"
        raise ProblemError(HTTPStatus.UNAUTHORIZED, detail)
    answer = go("/")
    answer.set_cookie(COOKIE, cookie, max_age=SESSION_S, httponly=True, samesite="strict")
    return answer


async def _live(_: Request) -> Response:
    return PlainTextResponse("live")
