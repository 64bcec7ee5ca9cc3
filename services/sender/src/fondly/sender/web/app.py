"""The application: pages behind the gate."""

import asyncio
from collections.abc import Sequence

from starlette.routing import Route, Router

from fondly.runtime.web.gate import Gate, RateLimits, anybody
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.server import Listening, WebApp
from fondly.sender.settings import SenderWebSettings
from fondly.sender.web.pages import Pages, language_of
from fondly.sender.web.routes import Routes, Send


def listening_at(settings: SenderWebSettings) -> Listening:
    """Where the settings say that the process listens."""
    return Listening(
        host=settings.sender_web_host,
        port=settings.sender_web_port,
        linger_s=settings.sender_web_linger_s,
        drain_s=settings.drain_s,
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
