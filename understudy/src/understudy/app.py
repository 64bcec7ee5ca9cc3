"""The ASGI application: AWS at every path except those of the page, the health check and the usage."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from understudy import __version__
from understudy.page import Page
from understudy.wire.endpoint import AwsEndpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from understudy.wire.service import Service

HEALTH_PATH = "/_understudy/health"
USAGE_PATH = "/_understudy/usage"
PAGE_PATH = "/"
"""For a browser, which asks by GET; the JSON protocol's calls go to the same path by POST."""
PAGE_HOSTS = ["127.0.0.1", "localhost", "understudy", "*.internal"]
"""Names that nobody can register: another could lead a browser here (DNS rebinding), and read the page."""
_IDLE_CONNECTION_S = 75
"""Longer than SDK clients keep an idle connection, so that none is closed while a client reuses it."""


def create_app(services: Sequence[Service]) -> Starlette:
    """Return an application that opens `services` at its start, serves them and closes them at shutdown."""

    async def health(_request: Request) -> Response:
        return JSONResponse(
            {"services": sorted(service.name for service in services), "version": __version__}
        )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        for service in services:
            if service.open is not None:
                await service.open()
        yield
        for service in services:
            if service.close is not None:
                await service.close()

    endpoint = AwsEndpoint(services)
    page = Page(services, endpoint.calls)
    routes = [
        Route(HEALTH_PATH, health),
        Route(USAGE_PATH, endpoint.usage),
        Route(PAGE_PATH, page.show, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=PAGE_HOSTS)]),
        Mount("/", endpoint),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def server_config(app: Starlette, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Config:
    """Return uvicorn's configuration for `app`, which leaves logging to the caller."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http="httptools",
        timeout_keep_alive=_IDLE_CONNECTION_S,
        access_log=False,
        log_config=None,
        server_header=False,
        headers=[("server", f"understudy/{__version__}")],
    )
