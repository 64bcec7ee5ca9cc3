"""What emails led to, of a run; what is known of a product."""

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.rendering import page
from fondly.console.roles import Role, Routes
from fondly.operations.products import product_view
from fondly.operations.results.comparing import SHOWN
from fondly.operations.results.gathering import results_of
from fondly.operations.runs.lookup import list_runs

ROUTES = Routes()
MOST_DAYS, DAYS = 90, 7


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
    days = int(asked["days"][:3]) if asked.get("days", "").isdecimal() else DAYS
    found = await results_of(
        request.state.environment,
        run_id,
        days=min(max(days, 1), MOST_DAYS),
        against=asked.get("against") or None,
    )
    pairs = groupby(found.comparisons, key=lambda each: (each.group, each.against))
    comparisons = [(names, list(some)) for names, some in pairs]
    return page(
        request, "results/run.html", found=found, comparisons=comparisons, shown=SHOWN, most_days=MOST_DAYS
    )


@ROUTES.at("/products/{product_id:path}", Role.VIEWER, acting=Role.READER)  # which no customer is part of
async def product(request: Request) -> Response:
    """Show what is known of a product."""
    found = await product_view(request.state.environment, request.path_params["product_id"])
    return page(request, "results/product.html", found=found)
