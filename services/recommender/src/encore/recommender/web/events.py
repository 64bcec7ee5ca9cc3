"""`POST /events`: what customers do is recorded while they do it."""

import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from encore.contracts.records import CustomerEvent
from encore.recommender.ports import NotReadyError
from encore.recommender.use_cases.record_events import RecordEvents
from encore.recommender.web.routes import JSON_TYPE
from encore.runtime.web.problems import ProblemError, try_again

MOST_EVENTS = 100
TRACKER_S = 60.0
"""How long an event tracker takes to be made, about."""
SECONDS_PER_DAY = 86_400
PROBLEMS_SHOWN = 10


class EventsRequest(BaseModel):
    """The body of a request; each event has an id of its own, under which it is recorded once."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    events: Annotated[list[CustomerEvent], Field(min_length=1, max_length=MOST_EVENTS)]


@dataclass(frozen=True)
class EventRoutes:
    """Records events with the use case."""

    record_events: RecordEvents

    def all(self) -> list[Route]:
        """Return the routes, for `web_app`."""
        return [Route("/events", self.events, methods=["POST"])]

    async def events(self, request: Request) -> Response:
        """Record events; the customers' next picks consider them."""
        wanted = _events_request(await request.body())
        try:
            recorded = await self.record_events.record(wanted.events)
        except NotReadyError:
            raise try_again(
                "the event tracker is being made: send the events again",
                after_s=TRACKER_S,
                status=HTTPStatus.SERVICE_UNAVAILABLE,
            ) from None
        body = {"events": recorded.events, "new": recorded.new, "told": recorded.told}
        return Response(
            json.dumps(body).encode(),
            HTTPStatus.ACCEPTED,
            headers={"Cache-Control": "no-store"},
            media_type=JSON_TYPE,
        )


def _events_request(body: bytes) -> EventsRequest:
    try:
        wanted = EventsRequest.model_validate_json(body)
    except ValidationError as error:
        wrong = [
            {"detail": one["msg"], "pointer": "/" + "/".join(map(str, one["loc"]))}
            for one in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise _problem(wrong[:PROBLEMS_SHOWN]) from None
    latest = time.time() + SECONDS_PER_DAY
    ahead = [number for number, event in enumerate(wanted.events) if event.timestamp > latest]
    if ahead:
        wrong = [
            {"detail": "expected a time that has passed", "pointer": f"/events/{number}/timestamp"}
            for number in ahead
        ]
        raise _problem(wrong[:PROBLEMS_SHOWN])
    return wanted


def _problem(wrong: list[dict[str, str]]) -> ProblemError:
    return ProblemError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f'the body is not as expected: {{"events": [{{"event_id", "customer_id", "product_id", "kind", '
        f'"timestamp"}}, …]}} with 1 to {MOST_EVENTS} events',
        more={"errors": wrong},
    )
