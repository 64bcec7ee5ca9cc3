"""The first page: what waits for whom."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fondly.console.rendering import page
from fondly.console.roles import Role, allowed
from fondly.operations.runs.lookup import list_runs

RECENT = 10


@allowed(Role.VIEWER)
async def home(request: Request) -> Response:
    """Show the last runs."""
    found = await list_runs(request.state.environment, limit=RECENT)
    return page(request, "home.html", runs=found.runs)


ROUTES = [Route("/", home)]
