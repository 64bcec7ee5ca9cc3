"""A run at work: its stages over time, what each waits for, its budget; retrying and resuming it."""

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form
from fondly.console.live import event_stream
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.console.templating import fragment
from fondly.console.watching import watching
from fondly.operations.delivery.given import dollars_given
from fondly.operations.runs.retry import resume_run, retry_run
from fondly.operations.runs.work import RunWork, run_work

ROUTES = Routes()
EVERY_S = 2.0


@ROUTES.at("/runs/{run_id}/stages", Role.VIEWER)
async def work(request: Request) -> Response:
    """Show how a run's work stands."""
    return page(request, "stages/stages.html", work=await _look(request))


@ROUTES.at("/runs/{run_id}/stages/live", Role.VIEWER)
async def work_live(request: Request) -> Response:
    """Follow how a run's work stands."""
    key = "work", _run_id(request)
    found = request.app.state.console.live.follow(key, lambda: _look(request), EVERY_S)
    return event_stream(found, lambda seen: fragment("stages/state.html", work=seen))


async def _look(request: Request) -> RunWork:
    queues = await watching(request).queues.look()
    return await run_work(request.state.environment, _run_id(request), queues)


@ROUTES.at("/runs/{run_id}/stages/retry", Role.OPERATOR, "POST")
async def retry(request: Request) -> Response:
    """Send again what the run waits for."""
    await retry_run(request.state.environment, _run_id(request), by=request.state.person.name)
    return go(f"/runs/{_run_id(request)}/stages")


@ROUTES.at("/runs/{run_id}/stages/resume", Role.OPERATOR, "POST")
async def resume(request: Request) -> Response:
    """Go on with a stopped run, with another budget if one is given."""
    usd, by = (await form(request)).get("usd", "").strip(), request.state.person.name
    budget = dollars_given(usd) if usd else None
    await resume_run(request.state.environment, _run_id(request), budget=budget, by=by)
    return go(f"/runs/{_run_id(request)}/stages")


def _run_id(request: Request) -> str:
    return str(request.path_params["run_id"])
