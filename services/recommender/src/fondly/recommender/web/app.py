"""The application: HTTP in, use cases, HTTP out; routes behind the gate, and who may ask, by a key."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import Scope

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import CustomerEvent
from fondly.recommender.domain.realtime.current_picks import CurrentAnswer, id_problem
from fondly.recommender.ports import NoShopError
from fondly.recommender.settings import RecommenderWebSettings
from fondly.recommender.use_cases.current_picks import CurrentPicks
from fondly.recommender.use_cases.record_events import RecordEvents
from fondly.runtime.web.gate import Admit, Gate, RateLimits, anybody
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.problems import ProblemError
from fondly.runtime.web.server import Listening, WebApp

MOST_EVENTS = 100
PROBLEMS_SHOWN = 10
EXPECTED = (
    'the body is not as expected: {"events": [{"event_id", "customer_id", "product_id", "kind",'
    f' "timestamp"}}, …]}} with 1 to {MOST_EVENTS} events, none of them from the future'
)
JSON_TYPE = "application/json"
MAX_AGE_S = 30
"""For how long a caller may show picks without asking again."""
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


def _past(event: CustomerEvent) -> CustomerEvent:
    if event.timestamp > time.time() + SECONDS_PER_DAY:
        raise ValueError("expected a timestamp of the past")
    return event


class EventsRequest(BaseModel):
    """The events of a request; each has an id of its own, under which it is recorded once."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    events: Annotated[
        list[Annotated[CustomerEvent, AfterValidator(_past)]], Field(min_length=1, max_length=MOST_EVENTS)
    ]


@dataclass(frozen=True)
class Routes:
    """Answers requests with the use cases; `stopping` is set when the process is about to end."""

    current_picks: CurrentPicks
    record_events: RecordEvents
    measures: Measures
    stopping: asyncio.Event

    def all(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/customers/{customer_id:path}/picks", self.picks, methods=["GET"]),
            Route("/events", self.events, methods=["POST"]),
            Route("/health", self.health, methods=["GET"]),
        ]

    async def picks(self, request: Request) -> Response:
        """Answer with a customer's current picks."""
        customer_id: str = request.path_params["customer_id"]
        if problem := id_problem(customer_id):
            raise ProblemError(HTTPStatus.BAD_REQUEST, f"the customer's id {problem}")
        answer = await self.current_picks.find(customer_id)
        if answer.fallback is not None:
            self.measures.note_fallback()
        headers = {"Cache-Control": f"private, max-age={MAX_AGE_S}", "Vary": "X-API-Key"}
        return Response(_picks_body(answer), headers=headers, media_type=JSON_TYPE)

    async def events(self, request: Request) -> Response:
        """Record events; the customers' next picks consider them."""
        recorded = await self.record_events.record(_read_events(await request.body()))
        return _json(asdict(recorded), HTTPStatus.ACCEPTED)

    async def health(self, _: Request) -> Response:
        """Answer 200 if requests for picks can be answered now: a shop is open, and nothing is ending."""
        if self.stopping.is_set():
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "the process is stopping")
        edition = self.current_picks.shops.current.edition
        return _json({"status": "ready", "run_id": edition.run_id, "ranking_weight": edition.ranking_weight})


def _picks_body(answer: CurrentAnswer) -> bytes:
    """Return the answer as JSON: its picks have been written where they were made."""
    head = {
        "customer_id": answer.customer.customer_id,
        "known": answer.customer.is_known,
        **({"exclusion": answer.customer.exclusion} if answer.customer.exclusion else {}),
        "picked_from": answer.picked_from,
        **({"fallback": answer.fallback} if answer.fallback else {}),
        "run_id": answer.run_id,
    }
    return json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "picks": ' + answer.picks + b"}"


def _json(body: Mapping[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(json.dumps(body).encode(), status, headers=headers, media_type=JSON_TYPE)


def _read_events(body: bytes) -> list[CustomerEvent]:
    """Return the events of a body; raise `ProblemError` with the place of whatever is wrong with it."""
    try:
        return EventsRequest.model_validate_json(body).events
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        wrong = [
            {"detail": one["msg"], "pointer": "/" + "/".join(map(str, one["loc"]))}
            for one in found[:PROBLEMS_SHOWN]
        ]
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        raise ProblemError(status, EXPECTED, more={"errors": wrong}) from None


def listening_at(settings: RecommenderWebSettings) -> Listening:
    """The address on which, by the settings, the process listens."""
    return Listening(
        host=settings.recommender_web_host,
        port=settings.recommender_web_port,
        linger_s=settings.recommender_web_linger_s,
        drain_s=settings.drain_s,
        proxies=settings.web_proxies,
    )


def web_app(
    settings: RecommenderWebSettings, current_picks: CurrentPicks, record_events: RecordEvents
) -> WebApp:
    """Put the application together."""
    measures, stopping = Measures(), asyncio.Event()
    routes = Routes(current_picks, record_events, measures, stopping)
    gate = Gate(
        app=Router(routes.all(), redirect_slashes=False),
        admit=admitting(settings.keys),
        limits=RateLimits(
            per_s=settings.recommender_web_requests_per_s,
            caller_per_s=settings.recommender_web_caller_requests_per_s,
        ),
        measures=measures,
        request_s=settings.recommender_web_request_s,
        paths="/customers/{id}/picks, /events, /health",
        passing={NoShopError: "no shop is open: no run has been studied yet, or it is being opened"},
    )
    return WebApp(gate, measures, stopping)


def admitting(keys: Sequence[str]) -> Admit:
    """Return what names a caller, `key-` and a number, and refuses one without a right key.

    Keys are looked up by digest: how long that takes says nothing of them. Without keys, the host must be a
    loopback name: a page in a browser of this machine could have its own name lead here (DNS rebinding).
    """
    callers = {_digest(key): f"key-{number}" for number, key in enumerate(keys, start=1)}

    def admit(scope: Scope, headers: Headers) -> str:
        if not callers:
            host = headers.get("host", "")
            if (host if host.endswith("]") else host.rsplit(":", 1)[0]) not in LOOPBACK_NAMES:
                raise ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "the Host is not a name of this machine's")
            return anybody(scope, headers)
        caller = callers.get(_digest(headers.get("x-api-key", "")))
        if caller is None:
            challenge = {"WWW-Authenticate": "X-API-Key"}
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "a key is required: X-API-Key", challenge)
        return caller

    return admit


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
