"""The CloudEvents 1.0 envelope around an event's data. Source: CloudEvents 1.0 specification, JSON format."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, ValidationError

from fondly.contracts import trace_context
from fondly.contracts.clock import utc_now
from fondly.contracts.errors import NewerReleaseError, PermanentError


class EventData(BaseModel, ABC):
    """An event's data; each subclass names its type and the topic that carries it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    type: ClassVar[str]
    topic: ClassVar[str]

    @property
    @abstractmethod
    def cause(self) -> str:
        """What distinguishes this event from others of its type and run; its id is derived from it."""


Data = TypeVar("Data", bound=EventData)


class Event(BaseModel, Generic[Data]):
    """A CloudEvents 1.0 envelope; `subject` is the run id."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)
    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    traceparent: str | None = None
    data: Data

    @property
    def run_id(self) -> str:
        """The run that the event belongs to."""
        return self.subject

    @property
    def body(self) -> str:
        """The event as JSON, as it is sent."""
        return self.model_dump_json(exclude_none=True)


def new_event(data: Data, *, run_id: str, source: str) -> Event[Data]:
    """Wrap `data`; its id depends only on run, type and cause."""
    return Event[Data](
        id=str(uuid5(NAMESPACE_URL, f"{data.type}/{run_id}/{data.cause}")),
        source=f"fondly/{source}",
        type=data.type,
        subject=run_id,
        time=utc_now(),
        traceparent=trace_context.current(),
        data=data,
    )


def event_type(body: str) -> str:
    """Return an event's `type`; raise `PermanentError` if the body is not an event."""
    try:
        return _Typed.model_validate_json(body).type
    except ValidationError as error:
        raise PermanentError(f"not an event: {_first_problem(error)}") from error


def parse_event(body: str, kind: type[Data]) -> Event[Data]:
    """Parse an event of one kind; raise `PermanentError` naming a problem, `NewerReleaseError` if unknown."""
    found = event_type(body)
    if found != kind.type:
        is_newer = found.startswith("fondly.") and found not in _types(EventData)
        raise (NewerReleaseError if is_newer else PermanentError)(f"expected {kind.type}, got {found}")
    try:
        return Event[kind].model_validate_json(body)  # type: ignore[valid-type] # a class held in a variable
    except ValidationError as error:
        raise PermanentError(f"not a {kind.type} event: {_first_problem(error)}") from error


def _types(kind: type) -> set[str]:
    """The types of all events below a kind."""
    return {getattr(kind, "type", "")}.union(*map(_types, kind.__subclasses__()))


class _Typed(BaseModel):
    type: str


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"]) or "body"
    return f"{where}: {problem['msg']}"
