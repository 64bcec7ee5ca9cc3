"""The application: routes behind the gate, and who may ask, by a key."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.routing import Router
from starlette.types import Scope

from fondly.recommender.ports import NoShopError
from fondly.recommender.settings import RecommenderWebSettings
from fondly.recommender.use_cases.current_picks import CurrentPicks
from fondly.recommender.use_cases.record_events import RecordEvents
from fondly.recommender.web.routes import Routes
from fondly.runtime.web.gate import Admit, Gate, RateLimits, anybody
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.problems import ProblemError
from fondly.runtime.web.server import Listening, WebApp

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


def listening_at(settings: RecommenderWebSettings) -> Listening:
    """The address on which, by the settings, the process listens."""
    return Listening(
        host=settings.recommender_web_host,
        port=settings.recommender_web_port,
        linger_s=settings.recommender_web_linger_s,
        drain_s=settings.drain_s,
        proxies=settings.web_proxies,
    )


def web_app(
    settings: RecommenderWebSettings, current_picks: CurrentPicks, record_events: RecordEvents
) -> WebApp:
    """Put the application together."""
    measures, stopping = Measures(), asyncio.Event()
    routes = Routes(current_picks, record_events, measures, stopping)
    gate = Gate(
        app=Router(routes.all(), redirect_slashes=False),
        admit=admitting(settings.keys),
        limits=RateLimits(
            per_s=settings.recommender_web_requests_per_s,
            caller_per_s=settings.recommender_web_caller_requests_per_s,
        ),
        measures=measures,
        request_s=settings.recommender_web_request_s,
        paths="/customers/{id}/picks, /events, /health",
        passing={NoShopError: "no shop is open: no run has been studied yet, or it is being opened"},
    )
    return WebApp(gate, measures, stopping)


def admitting(keys: Sequence[str]) -> Admit:
    """Return what names a caller, `key-` and a number, and refuses one without a right key.

    Keys are looked up by digest: how long that takes says nothing of them. Without keys, the host must be a
    loopback name: a page in a browser of this machine could have its own name lead here (DNS rebinding).
    """
    callers = {_digest(key): f"key-{number}" for number, key in enumerate(keys, start=1)}

    def admit(scope: Scope, headers: Headers) -> str:
        if not callers:
            host = headers.get("host", "")
            if (host if host.endswith("]") else host.rsplit(":", 1)[0]) not in LOOPBACK_NAMES:
                raise ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "the Host is not a name of this machine's")
            return anybody(scope, headers)
        caller = callers.get(_digest(headers.get("x-api-key", "")))
        if caller is None:
            challenge = {"WWW-Authenticate": "X-API-Key"}
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "a key is required: X-API-Key", challenge)
        return caller

    return admit


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
