"""Read these 20: a run's riskiest emails and some others, one at a time, judged by keyboard."""

import asyncio
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from fondly.console.forms import form, natural
from fondly.console.pages.runs import run_of, state_of
from fondly.console.rendering import go, page
from fondly.console.roles import Role, Routes
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.index import sample
from fondly.operations.emails.judging import Judgement, Verdict, judge, judgements
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.web.problems import ProblemError

ROUTES = Routes()
EMAILS = 20
KEPT_SAMPLES = 32
"""Samples that are not drawn anew for each email; they name customers by digest alone."""
_drawn: dict[tuple[str, str, int], list[tuple[str, int, str]]] = {}


async def _places(environment: Environment, run_id: str, number: int) -> list[tuple[str, int, str]]:
    """Return (key, part, why) of each email of a sample; raise `OperationError` without an index."""
    name = (environment.name, run_id, number)
    if name not in _drawn:
        drawn = await sample(environment, run_id, str(number), count=EMAILS)
        _drawn[name] = [(each.row.key, each.row.part, each.why) for each in drawn]
        if len(_drawn) > KEPT_SAMPLES:
            del _drawn[next(iter(_drawn))]
    return _drawn[name]


@ROUTES.at("/runs/{run_id}/read", Role.READER)
async def read(request: Request) -> Response:
    """Show one email of the sample, the first that nobody has judged unless another is asked for."""
    environment, _, run = await run_of(request)
    state = await state_of(environment, run)
    asked = request.query_params
    number = natural(asked["of"]) if "of" in asked else state.revisions.number
    place = natural(asked.get("at"))
    try:
        places = await _places(environment, run.run_id, number)
    except OperationError as error:
        return page(request, "reading/nothing.html", run=run, problem=str(error))
    judged = {each.key: each for each in await judgements(environment, run.run_id) if each.sample == number}
    unread = (at for at, (key, *_) in enumerate(places, 1) if key not in judged)
    at = place if 0 < place <= len(places) else next(unread, 0)
    known: dict[str, Any] = {"run": run, "of": number, "places": places, "judged": judged, "state": state}
    if not at:
        return page(request, "reading/nothing.html", **known, problem="")
    key, part, why = places[at - 1]
    try:
        found = await OneEmail.of(await Emails.of(environment, run), key, part)
        email, wordings = await asyncio.gather(found.shown(), found.wordings())
    except OperationError as error:  # it was struck, or its customer is forgotten
        return page(request, "reading/read.html", **known, at=at, why=why, row=None, problem=str(error))
    return page(
        request,
        "reading/read.html",
        **known,
        at=at,
        why=why,
        row=found.row,
        email=email,
        wordings=wordings,
        problem="",
    )


@ROUTES.at("/runs/{run_id}/read/fine", Role.APPROVER, "POST")
async def fine(request: Request) -> Response:
    """Keep that somebody finds an email fine, and show the next."""
    return await keep(request, await form(request), "fine")


async def keep(request: Request, fields: dict[str, str], verdict: Verdict) -> Response:
    """Keep what somebody says of an email, and show the next; raise `ProblemError` if none was drawn."""
    environment, _, run = await run_of(request)
    number = natural(fields.get("of"))
    places = await _places(environment, run.run_id, number)
    why = next((why for key, _, why in places if key == fields.get("key")), None)
    if why is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "this email is not of that sample")
    by = request.state.person.name
    said = Judgement(sample=number, key=fields["key"], why=why, verdict=verdict, by=by)
    await judge(environment, run.run_id, said)
    return go(f"/runs/{run.run_id}/read?of={number}")
