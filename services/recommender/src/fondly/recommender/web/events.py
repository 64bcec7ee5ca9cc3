"""The body of `POST /events`: what customers do, told while they do it."""

import time
from http import HTTPStatus
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from fondly.contracts.clock import SECONDS_PER_DAY
from fondly.contracts.records import CustomerEvent
from fondly.runtime.web.problems import ProblemError

MOST_EVENTS = 100
PROBLEMS_SHOWN = 10
EXPECTED = (
    'the body is not as expected: {"events": [{"event_id", "customer_id", "product_id", "kind",'
    f' "timestamp"}}, …]}} with 1 to {MOST_EVENTS} events, none of them from the future'
)


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


def read_events(body: bytes) -> list[CustomerEvent]:
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
