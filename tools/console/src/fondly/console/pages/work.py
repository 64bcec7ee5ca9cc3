"""A run at work: its stages over time, what each waits for, its budget; retrying and resuming it."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fondly.console.forms import form
from fondly.console.live import event_stream
from fondly.console.rendering import fragment, page
from fondly.console.roles import Role, Routes
from fondly.console.watching import watching
from fondly.operations.delivery.given import dollars_given
from fondly.operations.runs.lookup import find_run
from fondly.operations.runs.retry import Resume, Retry
from fondly.operations.runs.work import RunWork, run_work

ROUTES = Routes()
EVERY_S = 2.0


@ROUTES.at("/runs/{run_id}/work", Role.VIEWER)
async def work(request: Request) -> Response:
    """Show how a run's work stands."""
    return page(request, "work/work.html", work=await _look(request))


@ROUTES.at("/runs/{run_id}/work/live", Role.VIEWER)
async def work_live(request: Request) -> Response:
    """Follow how a run's work stands."""
    key = "work", request.path_params["run_id"]
    found = request.app.state.console.live.follow(key, lambda: _look(request), EVERY_S)
    return event_stream(found, lambda seen: fragment("work/state.html", work=seen))


async def _look(request: Request) -> RunWork:
    queues = await watching(request).queues.look()
    return await run_work(request.state.environment, request.path_params["run_id"], queues)


@ROUTES.at("/runs/{run_id}/work/retry", Role.OPERATOR, "POST")
async def retry(request: Request) -> Response:
    """Send again what the run waits for."""
    again = await Retry.of(request.state.environment, request.path_params["run_id"])
    await again.send(await again.messages(), by=request.state.person.name)
    return _back(request)


@ROUTES.at("/runs/{run_id}/work/resume", Role.OPERATOR, "POST")
async def resume(request: Request) -> Response:
    """Go on with a stopped run, with another budget if one is given."""
    usd, environment = (await form(request)).get("usd", "").strip(), request.state.environment
    ledger = await environment.ledger()
    run = await find_run(ledger, request.path_params["run_id"])
    resumption = await Resume.of(environment, ledger, run)
    await resumption.send(dollars_given(usd) if usd else None, by=request.state.person.name)
    return _back(request)


def _back(request: Request) -> Response:
    return RedirectResponse(f"/runs/{request.path_params['run_id']}/work", HTTPStatus.SEE_OTHER)
