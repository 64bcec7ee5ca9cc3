"""The first page: what waits for whom, and the last runs."""

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.rendering import page
from fondly.console.roles import Role, Routes
from fondly.operations.runs.lookup import list_runs
from fondly.operations.runs.waiting import waiting

ROUTES = Routes()
LOOKED_AT, RECENT = 30, 10
"""So many of the last runs may wait for somebody, and so many are shown."""


@ROUTES.at("/", Role.VIEWER)
async def home(request: Request) -> Response:
    """Show what waits, and the last runs."""
    environment = request.state.environment
    runs = (await list_runs(environment, limit=LOOKED_AT)).runs
    return page(request, "home.html", runs=runs[:RECENT], waiting=await waiting(environment, runs))
