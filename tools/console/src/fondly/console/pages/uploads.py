"""`/uploads`: files of a shop, what the check says of them, their mapping, and the start of their run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from fondly.console.forms import form
from fondly.console.framing import frame
from fondly.console.live import event
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.console.staging import Staged
from fondly.console.templating import fragment
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.operations.check import lines
from fondly.operations.check.apart import Checked
from fondly.operations.check.columns import answered
from fondly.operations.runs import ingest_facts
from fondly.runtime.web.problems import ProblemError

ROUTES = Routes()
TOLD = {"lines": lines, "facts": ingest_facts, "kinds": list(Kind)}
"""What the answer's template says things by."""


@ROUTES.at("/uploads", Role.OPERATOR)
async def show(request: Request) -> Response:
    """Show the person's upload, and the form for another."""
    staged = request.app.state.console.staging.find(request.state.person.name)
    return page(request, "uploads/uploads.html", staged=staged)


@ROUTES.at("/uploads", Role.OPERATOR, "POST")
async def receive(request: Request) -> Response:
    """Keep files in a folder of this process: nothing is stored elsewhere, started or paid."""
    staging, person = request.app.state.console.staging, request.state.person.name
    try:
        await staging.begin(person).receive(request)
    except BaseException:
        staging.end(person)
        raise
    return go("/uploads")


@ROUTES.at("/uploads/check", Role.OPERATOR)
async def check(request: Request) -> Response:
    """Tell live how far the check is, then what it says; it ends when nobody listens any more."""
    staged = _staged(request)

    async def events() -> AsyncIterator[str]:
        async with aclosing(staged.check(request.state.environment)) as checking:
            async for share in checking:
                yield event(fragment("uploads/progress.html", share=share))
        yield event(fragment("uploads/answer.html", staged=staged, **TOLD))
        yield "event: done\ndata: done\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


@ROUTES.at("/uploads/examples/{number:int}", Role.OPERATOR)
async def example(request: Request) -> Response:
    """Show an example email, in its frame."""
    staged, number = _staged(request), request.path_params["number"]
    if staged.checked is None or number >= len(staged.checked.examples):
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such example")
    return frame(staged.checked.examples[number].html, dark=False)


@ROUTES.at("/uploads/mapping", Role.OPERATOR, "POST")
async def map_columns(request: Request) -> Response:
    """Have the files read by what was chosen of their columns, or by a mapping that was written."""
    staged, fields = await _unchanged(request)
    try:
        if "mapping" in fields:
            text = fields["mapping"]
            read_mapping(text, file="mapping.yaml")
        else:
            text = answered(_checked(staged).mapped, fields)
    except FileError as error:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
    await asyncio.to_thread(staged.map, text)
    return go("/uploads")


@ROUTES.at("/uploads/start", Role.OPERATOR, "POST")
async def start(request: Request) -> Response:
    """Upload the files, which starts their run."""
    staged, _ = await _unchanged(request)
    if not _checked(staged).view.usable:
        raise ProblemError(HTTPStatus.CONFLICT, "these files cannot be used yet: the check says why")
    await staged.start(request.state.environment, by=request.state.person.name)
    return go("/uploads")


@ROUTES.at("/uploads/discard", Role.OPERATOR, "POST")
async def discard(request: Request) -> Response:
    """Delete the person's files from this process."""
    request.app.state.console.staging.end(request.state.person.name)
    return go("/uploads")


def _staged(request: Request) -> Staged:
    staged: Staged | None = request.app.state.console.staging.find(request.state.person.name)
    if staged is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no upload of yours: files are kept for an hour")
    return staged


async def _unchanged(request: Request) -> tuple[Staged, dict[str, str]]:
    """Return the upload that a form is about, and its fields; raise `ProblemError` if it is about another."""
    fields, staged = await form(request), _staged(request)
    if fields.get("key") != staged.key:
        raise ProblemError(
            HTTPStatus.PRECONDITION_FAILED, "you have uploaded other files meanwhile, in another tab"
        )
    return staged, fields


def _checked(staged: Staged) -> Checked:
    if staged.checked is None:
        raise ProblemError(HTTPStatus.CONFLICT, "these files are not checked yet")
    return staged.checked
