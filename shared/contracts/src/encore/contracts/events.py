"""The events that the services exchange: CloudEvents 1.0 envelopes around small typed data.

An event carries references and counts, never rows: those travel through S3. Ids are deterministic, so the
same cause announced twice is recognisably one event. A sample of every version is kept in the tests.
Source: CloudEvents 1.0 specification, JSON format.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Generic, Literal, TypeVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from encore.contracts import trace_context
from encore.contracts.errors import PermanentError

Count = Annotated[int, Field(ge=0)]
PartNumber = Annotated[int, Field(ge=1)]


class EventData(BaseModel):
    """What an event says; each kind names its type and the topic that carries it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    type: ClassVar[str]
    topic: ClassVar[str]


class DataIngested(EventData):
    """One part of a run (a bounded number of customers with their reviews) is stored and ready."""

    type = "encore.data-ingested.v1"
    topic = "data-ingested"
    part: PartNumber
    parts: PartNumber
    key: str
    customers: Count
    reviews: Count

    @property
    def cause(self) -> str:
        """What makes the event's id."""
        return f"part-{self.part}"


class SentimentScored(EventData):
    """Every part of the run has been scored."""

    type = "encore.sentiment-scored.v1"
    topic = "sentiment-scored"
    parts: PartNumber
    reviews: Count

    @property
    def cause(self) -> str:
        """What makes the event's id."""
        return "all-parts"


class RecommenderPoll(EventData):
    """The recommender's note to itself to look again at work that takes long; it passes no topic."""

    type = "encore.recommender-poll.v1"
    topic = ""
    attempt: Count

    @property
    def cause(self) -> str:
        """What makes the event's id."""
        return f"check-{self.attempt}"


class RecommendationsReady(EventData):
    """One part of the run has its recommendations stored."""

    type = "encore.recommendations-ready.v1"
    topic = "recommendations-ready"
    part: PartNumber
    parts: PartNumber
    key: str
    customers: Count

    @property
    def cause(self) -> str:
        """What makes the event's id."""
        return f"part-{self.part}"


class EmailFinished(EventData):
    """One email is rendered, checked and stored under `key` in the data bucket."""

    type = "encore.email-finished.v1"
    topic = "email-finished"
    customer_id: str
    key: str
    template_copy: bool
    """True when the copy is the template's, because the model's broke the rules twice."""


class RunFinished(EventData):
    """The run has come to its end; `reason` says why when it failed. Costs in US dollars."""

    type = "encore.run-finished.v1"
    topic = "run-finished"
    status: Literal["finished", "failed"]
    reason: str | None = None
    counts: dict[str, Count] = {}
    stage_seconds: dict[str, float] = {}
    total_seconds: float = 0.0
    cost_usd: dict[str, Decimal] = {}


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


def new_event(data: Data, *, run_id: str, source: str, cause: str) -> Event[Data]:
    """Wrap `data`; the same run, type and cause always give the same id."""
    return Event[Data](
        id=str(uuid5(NAMESPACE_URL, f"{data.type}/{run_id}/{cause}")),
        source=f"encore/{source}",
        type=data.type,
        subject=run_id,
        time=datetime.now(UTC),
        traceparent=trace_context.current(),
        data=data,
    )


def event_type(body: str) -> str:
    """Return the `type` of an event; raise `PermanentError` when the body is no event."""
    try:
        return _Typed.model_validate_json(body).type
    except ValidationError as error:
        raise PermanentError(f"not an event: {_first_problem(error)}") from error


def parse_event(body: str, kind: type[Data]) -> Event[Data]:
    """Read an event of one kind; raise `PermanentError` naming the first thing wrong with it."""
    found = event_type(body)
    if found != kind.type:
        raise PermanentError(f"expected {kind.type}, got {found}")
    try:
        return Event[kind].model_validate_json(body)  # type: ignore[valid-type] # a class held in a variable
    except ValidationError as error:
        raise PermanentError(f"not a {kind.type} event: {_first_problem(error)}") from error


class _Typed(BaseModel):
    type: str


def _first_problem(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in problem["loc"]) or "body"
    return f"{where}: {problem['msg']}"
