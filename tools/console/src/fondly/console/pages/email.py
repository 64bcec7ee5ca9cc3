"""One email: as its customer sees it, and why it says what it says."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form, natural
from fondly.console.framing import frame
from fondly.console.pages.runs import run_of
from fondly.console.rendering import page
from fondly.console.roles import Role, Routes
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.emails.sending import read_addresses, send_test
from fondly.operations.emails.shown import VIEWS
from fondly.operations.errors import OperationError

ROUTES = Routes()


async def one_email(request: Request) -> OneEmail:
    """Return the email that a path names; raise `OperationError` if there is none."""
    environment, _, run = await run_of(request)
    known = natural(request.query_params.get("part")) or None
    return await OneEmail.of(await Emails.of(environment, run), request.path_params["key"], known)


@ROUTES.at("/runs/{run_id}/emails/{key}", Role.READER)
async def email(request: Request) -> Response:
    """Show an email, and why."""
    return await _shown(request, await one_email(request))


async def _shown(request: Request, found: OneEmail, **more: Any) -> Response:  # noqa: ANN401 - of the template
    view = request.query_params.get("view")
    return page(
        request,
        "emails/email.html",
        run_id=found.emails.run.run_id,
        row=found.row,
        email=await found.shown(),
        view=view if view in VIEWS else "light",
        views=VIEWS,
        **{"sent": [], "problem": "", **more},
    )


@ROUTES.at("/runs/{run_id}/emails/{key}/frame", Role.READER)
async def framed(request: Request) -> Response:
    """Answer with the email alone, for a frame."""
    return frame(await (await one_email(request)).html(), dark="dark" in request.query_params)


@ROUTES.at("/runs/{run_id}/emails/{key}/prompts", Role.READER)
async def prompts(request: Request) -> Response:
    """Show the prompts that an email's words answer, with answers and verdicts."""
    found = await one_email(request)
    shown = await found.shown()
    return page(request, "emails/prompts.html", email=shown, prompts=await found.prompts(shown))


@ROUTES.at("/runs/{run_id}/emails/{key}/test", Role.APPROVER, "POST")
async def test(request: Request) -> Response:
    """Send the email to somebody of the shop's, marked as a test."""
    found, fields = await one_email(request), await form(request)
    try:
        addresses = read_addresses(fields.get("to", "").replace(",", " ").split())
        sent = await send_test(request.state.environment, found.emails, found.row.customer_id, addresses)
    except OperationError as error:
        problem = str(error).removeprefix("--")
        return await _shown(request, found, status=HTTPStatus.CONFLICT, problem=problem)
    return await _shown(request, found, sent=sent)
