"""The application: routes behind the gate."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.routing import Route, Router

from encore.recommender.settings import RecommenderWebSettings
from encore.recommender.use_cases.current_picks import CurrentPicks
from encore.recommender.web.gate import Gate
from encore.recommender.web.keys import Keys
from encore.recommender.web.limits import RateLimits
from encore.recommender.web.measures import Measures
from encore.recommender.web.routes import Routes


@dataclass(frozen=True)
class WebApp:
    """What a server serves, with what has to run beside it."""

    gate: Gate
    measures: Measures
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set some time before the server stops: the process is no longer ready for new requests."""


def web_app(
    settings: RecommenderWebSettings, current_picks: CurrentPicks, *, more: Sequence[Route] = ()
) -> WebApp:
    """Put the application together; `more` are routes of other modules, behind the same gate."""
    measures, stopping = Measures(), asyncio.Event()
    routes = Routes(
        current_picks=current_picks,
        measures=measures,
        max_age_s=settings.recommender_web_max_age_s,
        stopping=stopping,
    )
    gate = Gate(
        app=Router([*routes.all(), *more], redirect_slashes=False),
        keys=Keys(settings.keys),
        limits=RateLimits(
            per_s=settings.recommender_web_requests_per_s,
            caller_per_s=settings.recommender_web_caller_requests_per_s,
        ),
        measures=measures,
        request_s=settings.recommender_web_request_s,
    )
    return WebApp(gate, measures, stopping)
