"""Read these 20: a run's riskiest emails and some others, one at a time, judged by keyboard."""

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from fondly.console.forms import form
from fondly.console.pages.runs import run_of, state_of
from fondly.console.rendering import page
from fondly.console.roles import Role, allowed
from fondly.operations.emails.finished import Emails
from fondly.operations.emails.index import RiskRow, sample
from fondly.operations.emails.judging import Judgement, Verdict, judge, judgements
from fondly.operations.emails.one_email import OneEmail
from fondly.operations.environment import Environment
from fondly.operations.errors import OperationError
from fondly.runtime.web.problems import ProblemError

EMAILS = 20
KEPT_SAMPLES = 32
"""Samples that are not drawn anew for each email; they name customers by digest alone."""


class Samples:
    """The samples that were drawn last in this process: where to find each email, and why it was drawn."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str, int], list[tuple[str, int, str]]] = {}

    async def of(self, environment: Environment, run_id: str, number: int) -> list[tuple[str, int, str]]:
        """Return (key, part, why) of each email; raise `OperationError` for a run without an index."""
        name = (environment.name, run_id, number)
        if name not in self._drawn:
            drawn = await sample(environment, run_id, str(number), count=EMAILS)
            self._drawn[name] = [_place(each) for each in drawn]
            if len(self._drawn) > KEPT_SAMPLES:
                del self._drawn[next(iter(self._drawn))]
        return self._drawn[name]


def _place(drawn: RiskRow) -> tuple[str, int, str]:
    return drawn.row.key, drawn.row.part, drawn.why


SAMPLES = Samples()


def _numbers(request: Request, revision: int) -> tuple[int, int]:
    """Return the sample's number and the place in it, from 1."""
    asked = request.query_params
    number = asked.get("of", "") if asked.get("of", "").isdecimal() else revision
    return int(number), int(asked["at"]) if asked.get("at", "").isdecimal() else 0


@allowed(Role.READER)
async def read(request: Request) -> Response:
    """Show one email of the sample, the first that nobody has judged unless another is asked for."""
    environment, _, run = await run_of(request)
    state = await state_of(environment, run)
    number, place = _numbers(request, state.revisions.number)
    try:
        places = await SAMPLES.of(environment, run.run_id, number)
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
    except OperationError as error:  # it was struck, or its customer is forgotten
        return page(request, "reading/read.html", **known, at=at, why=why, row=None, problem=str(error))
    return page(
        request,
        "reading/read.html",
        **known,
        at=at,
        why=why,
        row=found.row,
        email=await found.shown(),
        wordings=await found.wordings(),
        problem="",
    )


@allowed(Role.APPROVER)
async def fine(request: Request) -> Response:
    """Keep that somebody finds an email fine, and show the next."""
    await keep(request, await form(request), Verdict.FINE)
    return RedirectResponse(f"/runs/{request.path_params['run_id']}/read", HTTPStatus.SEE_OTHER)


async def keep(request: Request, fields: dict[str, str], verdict: Verdict) -> None:
    """Keep what somebody says of an email of a sample; raise `ProblemError` if it is none of it."""
    environment, _, run = await run_of(request)
    number = int(fields.get("of", "")) if fields.get("of", "").isdecimal() else -1
    places = await SAMPLES.of(environment, run.run_id, number) if number >= 0 else []
    why = next((why for key, _, why in places if key == fields.get("key")), None)
    if why is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "this email is not of that sample")
    by = request.state.person.name
    said = Judgement(sample=number, key=fields["key"], why=why, verdict=verdict, by=by)
    await judge(environment, run.run_id, said)


ROUTES = [
    Route("/runs/{run_id}/read", read),
    Route("/runs/{run_id}/read/fine", fine, methods=["POST"]),
]
