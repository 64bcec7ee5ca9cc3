"""The application: routes behind the gate."""

import asyncio

from starlette.routing import Router

from encore.recommender.ports import NoShopError
from encore.recommender.settings import RecommenderWebSettings
from encore.recommender.use_cases.current_picks import CurrentPicks
from encore.recommender.use_cases.record_events import RecordEvents
from encore.recommender.web.keys import admitting
from encore.recommender.web.routes import Routes
from encore.runtime.web.gate import Gate
from encore.runtime.web.limits import RateLimits
from encore.runtime.web.measures import Measures
from encore.runtime.web.server import Listening, WebApp


def listening_at(settings: RecommenderWebSettings) -> Listening:
    """Where the settings say that the process listens."""
    return Listening(
        host=settings.recommender_web_host,
        port=settings.recommender_web_port,
        linger_s=settings.recommender_web_linger_s,
        drain_s=settings.drain_s,
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
