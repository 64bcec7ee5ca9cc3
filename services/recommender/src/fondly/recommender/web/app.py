"""The application: routes behind the gate."""

import asyncio

from starlette.routing import Router

from fondly.recommender.ports import NoShopError
from fondly.recommender.settings import RecommenderWebSettings
from fondly.recommender.use_cases.current_picks import CurrentPicks
from fondly.recommender.use_cases.record_events import RecordEvents
from fondly.recommender.web.keys import admitting
from fondly.recommender.web.routes import Routes
from fondly.runtime.web.gate import Gate, RateLimits
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.server import Listening, WebApp


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
