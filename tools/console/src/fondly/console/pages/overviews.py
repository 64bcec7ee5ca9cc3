"""What is looked at: what waits, results, products, what other systems were told, who did what."""

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import natural
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.operations import audit
from fondly.operations.products import product_view
from fondly.operations.results.comparing import SHOWN
from fondly.operations.results.gathering import results_of
from fondly.operations.runs.lookup import list_runs
from fondly.operations.runs.waiting import waiting
from fondly.operations.webhooks.endpoints import webhooks
from fondly.operations.webhooks.sendings import replay_webhook, webhook_deliveries

ROUTES = Routes()
LOOKED_AT, RECENT = 30, 10
"""So many of the last runs may wait for somebody, and so many are shown."""
MOST_DAYS, DAYS = 90, 7


@ROUTES.at("/", Role.VIEWER)
async def home(request: Request) -> Response:
    """Show what waits, and the last runs."""
    environment = request.state.environment
    runs = (await list_runs(environment, limit=LOOKED_AT)).runs
    return page(request, "home.html", runs=runs[:RECENT], waiting=await waiting(environment, runs))


@ROUTES.at("/results", Role.VIEWER)
async def results(request: Request) -> Response:
    """List the runs whose emails are or were delivered."""
    before = request.query_params.get("next") or None
    found = await list_runs(request.state.environment, limit=50, status="finished", before=before)
    return page(request, "results/results.html", found=found)


@ROUTES.at("/runs/{run_id}/results", Role.VIEWER, acting=Role.READER)  # which no customer is part of
async def run_results(request: Request) -> Response:
    """Show what a run's emails have led to within some days of each."""
    asked, run_id = request.query_params, request.path_params["run_id"]
    days, against = natural(asked.get("days")) or DAYS, asked.get("against") or None
    found = await results_of(request.state.environment, run_id, days=min(days, MOST_DAYS), against=against)
    return page(request, "results/run.html", found=found, shown=SHOWN, most_days=MOST_DAYS)


@ROUTES.at("/products/{product_id:path}", Role.VIEWER, acting=Role.READER)  # which no customer is part of
async def product(request: Request) -> Response:
    """Show what is known of a product."""
    found = await product_view(request.state.environment, request.path_params["product_id"])
    return page(request, "results/product.html", found=found)


@ROUTES.at("/webhooks", Role.OPERATOR)
async def told(request: Request) -> Response:
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


@ROUTES.at("/audit", Role.VIEWER)
async def acts(request: Request) -> Response:
    """Show the latest acts, or those before a day."""
    before = request.query_params.get("next") or None
    return page(request, "audit.html", found=await audit.entries(request.state.environment, before=before))
