"""A run beside another: its numbers, its customers' emails, and the two emails of one customer."""

from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import natural
from fondly.console.pages.runs import run_of
from fondly.console.rendering import page
from fondly.console.roles import Role, Routes
from fondly.contracts.email_index import EmailIndexRow
from fondly.operations.emails.by_customer import compare_emails
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.environment import Environment
from fondly.operations.errors import NotFoundError
from fondly.operations.runs.comparing import compare
from fondly.operations.runs.lookup import find_run
from fondly.runtime.runs.run import Run

ROUTES = Routes()


@ROUTES.at("/runs/{run_id}/compare/{other}", Role.VIEWER)
async def comparison(request: Request) -> Response:
    """Show a run beside another."""
    environment, ledger, found = await run_of(request)
    other = await find_run(ledger, request.path_params["other"])
    compared = await compare(environment, ledger, found, other)
    return page(request, "runs/compare.html", compared=compared, run_id=found.run_id)


@ROUTES.at("/runs/{run_id}/compare/{other}/emails", Role.READER)
async def by_customer(request: Request) -> Response:
    """Show what customers' emails are beside those of another run; given a `key`, both of one customer's."""
    environment, ledger, found = await run_of(request)
    other = await find_run(ledger, request.path_params["other"])
    asked = request.query_params
    known: dict[str, Any] = {"run_id": found.run_id, "other": other.run_id}
    if key := asked.get("key"):
        places = (found, asked.get("part")), (other, asked.get("beside"))
        both = [(run.run_id, await _row(environment, run, key, part)) for run, part in places]
        return page(request, "runs/beside.html", **known, both=both)
    next_page = asked.get("next") or None
    compared = await compare_emails(environment, found.run_id, other.run_id, next=next_page)
    return page(request, "runs/by_customer.html", **known, compared=compared)


async def _row(environment: Environment, run: Run, key: str, part: str | None) -> EmailIndexRow | None:
    with suppress(NotFoundError):
        return (await OneEmail.of(await Emails.of(environment, run), key, natural(part) or None)).row
    return None
