"""A run's delivery: what is decided about it, by whom, and how far it is."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form, number
from fondly.console.pages.runs import state_of
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.operations.delivery import approval
from fondly.operations.delivery.approving import Approving, reason_given, rejection
from fondly.operations.delivery.terms import Terms
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.errors import ChangedError, OperationError
from fondly.runtime.runs.delivery import FROM, Act
from fondly.runtime.web.problems import ProblemError

ROUTES = Routes()
AT_ONCE = frozenset({Act.PAUSE, Act.HOLD})
"""What is done without asking again: it lets nothing out, and can be taken back."""


@ROUTES.at("/runs/{run_id}/delivery", Role.VIEWER)
async def delivery(request: Request) -> Response:
    """Show a run's delivery, and what somebody can decide."""
    return await _shown(request, await _approving(request))


async def _approving(request: Request) -> Approving:
    return await Approving.of(request.state.environment, request.path_params["run_id"])


async def _shown(
    request: Request,
    approving: Approving,
    status: HTTPStatus = HTTPStatus.OK,
    problem: str = "",
    fields: Mapping[str, str] | None = None,
) -> Response:
    try:
        view = await approving.current()
    except OperationError as error:
        view, problem = None, problem or str(error)
    return page(
        request,
        "delivery/delivery.html",
        status=status,
        run=approving.run,
        view=view,
        problem=problem,
        fields=fields or {},
        state=await state_of(approving.environment, approving.run, view),
        acts={act for act in Act if (view.delivery.status in FROM[act] if view else act is Act.HOLD)},
    )


@ROUTES.at("/runs/{run_id}/delivery/pause", Role.READER, "POST", acting=Role.APPROVER)
async def pause(request: Request) -> Response:
    """Stop a delivery at once."""
    return await _decide(request, Act.PAUSE)


@ROUTES.at("/runs/{run_id}/delivery/{act}", Role.APPROVER, "POST")
async def decide(request: Request) -> Response:
    """Show what a decision leads to; with its word typed, take it."""
    try:
        act = Act(request.path_params["act"])
    except ValueError:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such decision") from None
    return await _decide(request, act)


async def _decide(request: Request, act: Act) -> Response:
    fields, approving = await form(request), await _approving(request)
    try:
        if act not in AT_ONCE and fields.get("word") != act:
            return await _confirm(request, act, fields, approving)
        await _take(act, fields, approving, request.state.person.name)
    except ChangedError as error:
        return await _shown(request, approving, HTTPStatus.PRECONDITION_FAILED, str(error))
    except OperationError as error:
        return await _shown(request, approving, HTTPStatus.CONFLICT, str(error).removeprefix("--"), fields)
    back = "read" if fields.get("back") == "read" else "delivery"
    return go(f"/runs/{approving.run.run_id}/{back}")


async def _take(act: Act, fields: Mapping[str, str], approving: Approving, by: str) -> None:
    """Take a decision; raise `ChangedError` if something has changed since it was shown."""
    why = reason_given(fields.get("why") or None)
    if act in {Act.APPROVE, Act.SAMPLE}:
        await approval.take(approving, _terms(act, fields), by=by, seen=fields.get("seen", ""), why=why)
    else:
        await approving.decide(act, by=by, note=why)


def _terms(act: Act, fields: Mapping[str, str]) -> Terms:
    """What is approved; raise `OperationError` for what it cannot be."""
    sample = number(fields, "sample") if act is Act.SAMPLE else None
    if act is Act.SAMPLE and not sample:
        raise OperationError("sample: expected how many emails")
    seeds, at = (fields.get(name, "").strip() or None for name in ("seeds", "at"))
    return Terms.of(
        sample=sample, seeds=seeds if sample else None, at=at, per_hour=number(fields, "per_hour")
    )


async def _leads_to(act: Act, fields: Mapping[str, str], approving: Approving, view: DeliveryView) -> str:
    """Say in one line what a decision leads to; raise `OperationError` if it cannot be taken."""
    if act is Act.REJECT:
        return rejection(view)
    if act is Act.RESUME:
        return approving.plan_of_rest(view).line()
    return (await approving.plan(view, _terms(act, fields))).line()


async def _confirm(request: Request, act: Act, fields: Mapping[str, str], approving: Approving) -> Response:
    if act is Act.REJECT and not fields.get("why"):
        raise OperationError("why: expected a reason for rejecting it, which is kept")
    view = await approving.view(act)
    return page(
        request,
        "delivery/confirm.html",
        run=approving.run,
        act=act,
        line=await _leads_to(act, fields, approving, view),
        notices=await approving.notices(),
        second="" if fields.get("seeds") else approval.second_of(view, request.state.person.name),
        seen=approval.seen(view),
        fields={name: value for name, value in fields.items() if name not in {"seen", "word"}},
        mistyped=fields.get("word", ""),
    )
