"""Who did what."""

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.rendering import page
from fondly.console.roles import Role, Routes
from fondly.operations.audit import entries

ROUTES = Routes()


@ROUTES.at("/audit", Role.VIEWER)
async def audit(request: Request) -> Response:
    """Show the latest acts, or those before a day."""
    before = request.query_params.get("next") or None
    return page(request, "audit.html", found=await entries(request.state.environment, before=before))
