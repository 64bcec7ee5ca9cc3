"""Webhooks: who is told of what, and what was taken; with a button that tells it again."""

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.operations.webhooks.endpoints import webhooks
from fondly.operations.webhooks.sendings import replay_webhook, webhook_deliveries

ROUTES = Routes()


@ROUTES.at("/webhooks", Role.OPERATOR)
async def show(request: Request) -> Response:
    """Show the endpoints, and what they were told of the latest runs."""
    environment = request.state.environment
    sendings = await webhook_deliveries(environment)
    return page(request, "webhooks.html", webhooks=await webhooks(environment), sendings=sendings)


@ROUTES.at("/webhooks/{message}/replay", Role.OPERATOR, "POST")
async def replay(request: Request) -> Response:
    """Tell something again."""
    person = request.state.person
    await replay_webhook(request.state.environment, request.path_params["message"], by=person.name)
    return go("/webhooks")
