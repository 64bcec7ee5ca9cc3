"""What a run's emails say often, to strike or edit before anybody approves them."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form, natural
from fondly.console.pages.reading import keep
from fondly.console.pages.runs import run_of, state_of
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.contracts.email_index import WordingCount
from fondly.operations.delivery.approval import struck
from fondly.operations.delivery.striking import strike
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.index import facets, wording_lines
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.errors import OperationError

ROUTES = Routes()
PER_PAGE = 50
COMMONEST = 10


@ROUTES.at("/runs/{run_id}/wordings", Role.READER)
async def listed(request: Request) -> Response:
    """List each wording that is used often, once, and the patterns of all texts."""
    return await _shown(request)


async def _shown(
    request: Request,
    status: HTTPStatus = HTTPStatus.OK,
    problem: str = "",
    fields: dict[str, str] | None = None,
) -> Response:
    environment, _, run = await run_of(request)
    field, first = request.query_params.get("field", ""), natural(request.query_params.get("next"))
    try:
        summary, found = await facets(environment, run.run_id), await wording_lines(environment, run.run_id)
    except OperationError as error:
        return page(request, "reading/nothing.html", run=run, problem=str(error))
    listed = [line for name, line in found if field in {"", name}]
    return page(
        request,
        "wordings/wordings.html",
        status=status,
        problem=problem,
        fields=fields or {},
        run=run,
        state=await state_of(environment, run),
        summary=summary,
        names=sorted({name for name, _ in found}),
        field=field,
        total=len(listed),
        wordings=[WordingCount.model_validate_json(each) for each in listed[first : first + PER_PAGE]],
        next=first + PER_PAGE if len(listed) > first + PER_PAGE else None,
        commonest=COMMONEST,
        struck=struck,
    )


@ROUTES.at("/runs/{run_id}/strikes", Role.APPROVER, "POST")
async def strikes(request: Request) -> Response:
    """Strike or edit a wording, or strike a product or an email; then show where it was asked for."""
    fields, (environment, _, run) = await form(request), await run_of(request)
    about = {name: fields.get(name, "") for name in ("wording", "product", "instead")}
    by, why = request.state.person.name, fields.get("why") or None
    try:
        if not (about["wording"] or about["product"]):
            found = await OneEmail.of(await Emails.of(environment, run), fields.get("key", ""))
            about["email"] = found.row.customer_id
        await strike(environment, run.run_id, **about, by=by, why=why)
    except OperationError as error:
        return await _shown(request, HTTPStatus.CONFLICT, str(error), fields)
    if fields.get("of"):
        return await keep(request, fields, "struck")
    return go(f"/runs/{run.run_id}/wordings")
