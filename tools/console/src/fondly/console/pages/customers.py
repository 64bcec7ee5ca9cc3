"""Customers: found by what is sent in a form, called by digests in every address; what they got, and why."""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from io import BytesIO
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.console.watching import Job, watching
from fondly.contracts.delivery import NotSent
from fondly.operations.cleanup.scope import Scope, open_scope
from fondly.operations.customers import profile
from fondly.operations.customers.forget import forget as forget_customers
from fondly.operations.customers.gone import Gone
from fondly.operations.customers.keys import by_key
from fondly.operations.customers.known import archive_into, exported
from fondly.operations.errors import OperationError
from fondly.operations.suppressions import people
from fondly.runtime.web.problems import ProblemError

KEY = "/customers/{key:str}"
ROUTES = Routes()
FORGET = "forget"
"""The word to type."""


@ROUTES.at("/customers", Role.READER, "GET", "POST")
async def search(request: Request) -> Response:
    """Ask for a customer and, once asked, show who was found."""
    asked = request.method == "POST"
    who = (await form(request)).get("who", "") if asked else ""
    found = await profile.find_customers(request.state.environment, who=who) if asked else []
    if len(found) == 1:
        return go(f"/customers/{found[0].key}")
    return page(request, "customers/search.html", found=found, asked=asked, searched=profile.NAMES_SEARCHED)


@ROUTES.at(KEY, Role.READER)
async def customer(request: Request) -> Response:
    """Show all that support needs of a customer."""
    found = await profile.customer(request.state.environment, _key(request))
    return page(request, "customers/customer.html", found=found, key=_key(request), word=FORGET)


@ROUTES.at(f"{KEY}/suppress", Role.OPERATOR, "POST")
async def suppress(request: Request) -> Response:
    """Let nobody write to a customer any more or, if asked so, again: by id and by address."""
    environment, by = request.state.environment, request.state.person.name
    customer_id = await by_key(environment, _key(request))
    if "again" not in await form(request):
        entries = people.entries_of([customer_id], are_customers=True)
        await people.suppress(environment, entries, NotSent.MANUAL, by=by)
    else:
        async with open_scope(environment) as scope:
            await people.allow(environment, await profile.suppressions_of(scope, customer_id), by=by)
    return go(f"/customers/{_key(request)}")


@ROUTES.at(f"{KEY}/export", Role.OPERATOR, "POST")
async def export(request: Request) -> Response:
    """Begin to collect all that is known of a customer."""

    async def work(scope: Scope, gone: Gone) -> bytes:
        file = BytesIO()
        archive_into(await exported(scope, gone, by=request.state.person.name), file)
        return file.getvalue()

    return await _begin(request, "export", work)


@ROUTES.at(f"{KEY}/archive.zip", Role.OPERATOR, "POST")
async def archive(request: Request) -> Response:
    """Give what was collected, once, unless they are forgotten since; nobody keeps it here."""
    await by_key(request.state.environment, _key(request))
    job = watching(request).jobs.pop(f"export {_key(request)}", None)
    if job is None or not isinstance(job.result, bytes) or job.by != request.state.person.name:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no export of yours to download: begin another")
    name = {"Content-Disposition": f'attachment; filename="customer-{_key(request)}.zip"'}
    return Response(job.result, media_type="application/zip", headers=name)


@ROUTES.at(f"{KEY}/forget", Role.OPERATOR, "POST")
async def forget(request: Request) -> Response:
    """Begin to forget a customer, if the word is typed."""
    fields, environment = await form(request), request.state.environment
    if fields.get("word", "").strip() != FORGET:
        raise OperationError(f"nothing is forgotten: the word to type is {FORGET}")
    role_arn, uploads = await environment.role_arn("personalize"), fields.get("uploads") == "yes"
    watching(request).jobs.pop(f"export {_key(request)}", None)
    given = {"by": request.state.person.name, "uploads": uploads, "role_arn": role_arn}
    return await _begin(request, FORGET, partial(forget_customers, **given))


@ROUTES.at(f"{KEY}/{{act}}", Role.OPERATOR)
async def job(request: Request) -> Response:
    """Show how far a job about a customer is, and what has come of it."""
    act = request.path_params["act"]
    return page(request, "customers/job.html", job=_job(request), act=act, key=_key(request))


async def _begin(request: Request, act: str, work: Callable[[Scope, Gone], Awaitable[Any]]) -> Response:
    environment = request.state.environment
    customer_id = await by_key(environment, _key(request))

    async def done(running: Job) -> Any:  # noqa: ANN401 - the work's
        async with open_scope(environment, tell=running.lines.append) as scope:
            return await work(scope, Gone(frozenset({customer_id})))

    watching(request).start(f"{act} {_key(request)}", request.state.person.name, done)
    return go(f"/customers/{_key(request)}/{act}")


def _job(request: Request) -> Job:
    found = watching(request).jobs.get(f"{request.path_params['act']} {_key(request)}")
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "this console has begun no such job, or was restarted")
    return found


def _key(request: Request) -> str:
    return str(request.path_params["key"])
