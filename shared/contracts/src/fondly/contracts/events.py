"""The events that the services exchange: CloudEvents 1.0 envelopes around small typed data.

An event carries references and counts, never rows, which are passed through S3. Its id follows from its type,
run and cause, so an event announced twice keeps its id. The tests contain a sample of every version.
Source: CloudEvents 1.0 specification, JSON format.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Generic, Literal, Self, TypeVar
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fondly.contracts import object_keys, trace_context
from fondly.contracts.clock import utc_now
from fondly.contracts.errors import PermanentError
from fondly.contracts.records import Count, Customer, Recommendation, SentimentSummary

PartNumber = Annotated[int, Field(ge=1)]


class EventData(BaseModel, ABC):
    """An event's data; each subclass names its type and the topic that carries it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
    type: ClassVar[str]
    topic: ClassVar[str]

    @property
    @abstractmethod
    def cause(self) -> str:
        """What distinguishes this event from others of its type and run; its id is derived from it."""


class PartData(EventData):
    """An event about one part of a run; `key` is the object with the part's records."""

    part: PartNumber
    parts: PartNumber
    key: str
    customers: Count

    @property
    def cause(self) -> str:
        """The part number."""
        return f"part-{self.part}"


class DataIngested(PartData):
    """One part of a run (a bounded number of customers with their reviews) is stored."""

    type = "fondly.data-ingested.v1"
    topic = "data-ingested"
    reviews: Count
    shared_texts: Count = 0
    """How many texts of unknown reviewers are stored with the part, under `object_keys.shared_texts`."""
    purchases: Count = 0
    """How many purchases the part's customers have, each a line of an order."""

    @classmethod
    def of(
        cls,
        run_id: str,
        part: int,
        *,
        parts: int,
        customers: Sequence[Customer],
        shared_texts: int = 0,
    ) -> Self:
        """Describe a stored part."""
        return cls(
            part=part,
            parts=parts,
            key=object_keys.customers(run_id, part),
            customers=len(customers),
            reviews=sum(len(customer.reviews) for customer in customers),
            shared_texts=shared_texts,
            purchases=sum(len(customer.purchases) for customer in customers),
        )


class InteractionsIngested(EventData):
    """Some events of an uploaded file, such as clicks and purchases, are stored; the file is the subject."""

    type = "fondly.interactions-ingested.v1"
    topic = "interactions-ingested"
    batch: PartNumber
    batches: PartNumber
    key: str
    """The object with the events: one `CustomerEvent` per line."""
    events: Count

    @property
    def cause(self) -> str:
        """The batch number."""
        return f"batch-{self.batch}"


class SentimentScored(EventData):
    """Every part of the run has been scored."""

    type = "fondly.sentiment-scored.v1"
    topic = "sentiment-scored"
    parts: PartNumber
    reviews: Count
    summary: SentimentSummary | None = None
    """The label mix and the most praised and blamed aspects; absent in events of earlier versions."""

    @property
    def cause(self) -> str:
        """The run as a whole."""
        return "all-parts"


class RecommenderPoll(EventData):
    """The recommender's delayed message to itself to poll a long job. No topic carries it."""

    type = "fondly.recommender-poll.v1"
    topic = ""
    attempt: Count

    @property
    def cause(self) -> str:
        """The attempt number."""
        return f"poll-{self.attempt}"


class Round(StrEnum):
    """Work that the recommender shares out among its tasks, in order: each ends before the next begins."""

    PREPARE = "prepare"
    """Write what Personalize imports and ranks for, count what the customers share, and remember them."""
    GATHER = "gather"
    """Do the same for the customers of earlier files whom this one does not have."""
    STUDY = "study"
    """Count which products customers have together, by family."""
    SELECT = "select"
    """Turn rankings into products."""


class RecommenderBundle(EventData):
    """The recommender's message to itself about a bundle: parts of a run that one task handles in a round.

    No topic carries it.
    """

    type = "fondly.recommender-bundle.v1"
    topic = ""
    round: Round
    bundle: PartNumber

    @property
    def cause(self) -> str:
        """The round and the bundle."""
        return f"{self.round}-{self.bundle}"


class RecommendationsReady(PartData):
    """One part's recommendations are stored."""

    type = "fondly.recommendations-ready.v1"
    topic = "recommendations-ready"

    @classmethod
    def of(cls, run_id: str, part: int, *, parts: int, recommendations: Sequence[Recommendation]) -> Self:
        """Describe a stored part."""
        key = object_keys.recommendations(run_id, part)
        return cls(part=part, parts=parts, key=key, customers=len(recommendations))


class EmailFinished(EventData):
    """One email is rendered, checked and stored under `key` in the data bucket."""

    type = "fondly.email-finished.v1"
    topic = "email-finished"
    customer_id: str
    key: str
    template_copy: bool
    """True if the email has template copy, because the model's broke the rules twice."""
    language: str | None = None
    """The customer's, as in `Customer`."""
    time_zone: str | None = None
    """The customer's, as in `Customer`."""
    variant: str = ""
    """Of the subject line, where a shop compares some."""

    @property
    def cause(self) -> str:
        """The customer id."""
        return self.customer_id


class DeliverPart(EventData):
    """The sender's message to itself about one part of a run whose emails may be delivered.

    No topic carries it.
    """

    type = "fondly.deliver-part.v1"
    topic = ""
    part: PartNumber
    release: Count = 0
    """How often the run's parts have been released: a later release is another event."""
    doubted: tuple[str, ...] = ()
    """Customers whose emails were in doubt: nothing is delivered, only what was recorded late is told."""

    @property
    def cause(self) -> str:
        """The release and the part, and whose emails were in doubt."""
        cause = f"release-{self.release}-part-{self.part}"
        return "\n".join((f"{cause}-doubted", *self.doubted)) if self.doubted else cause


class SenderPoll(EventData):
    """The sender's delayed message to itself to look again at a run whose delivery waits.

    No topic carries it.
    """

    type = "fondly.sender-poll.v1"
    topic = ""
    attempt: Count

    @property
    def cause(self) -> str:
        """The attempt number."""
        return f"poll-{self.attempt}"


class EmailSent(EventData):
    """A mail server, or Amazon SES, has accepted a customer's email."""

    type = "fondly.email-sent.v1"
    topic = "email-sent"
    customer_id: str
    transport: str
    provider_id: str = ""
    """What the provider calls the email, as its bounces and complaints do."""
    variant: str = ""
    """Of the subject line, where a shop compares some."""

    @property
    def cause(self) -> str:
        """The customer id."""
        return self.customer_id


class EmailSuppressed(EventData):
    """A customer's email is not handed over, or not again.

    `reason` is one of `fondly.contracts.delivery.NotSent`, or `refused` if the provider refused it for good,
    or `in_doubt` if nobody knows whether it was accepted.
    """

    type = "fondly.email-suppressed.v1"
    topic = "email-suppressed"
    customer_id: str
    reason: str
    variant: str = ""

    @property
    def cause(self) -> str:
        """The customer id."""
        return self.customer_id


class EmailBounced(EventData):
    """A mailbox provider has returned a delivered email, or its reader has complained about it."""

    type = "fondly.email-bounced.v1"
    topic = "email-bounced"
    customer_id: str
    kind: Literal["hard", "soft", "complaint"]
    feedback_id: str
    """The provider's name of the report."""
    variant: str = ""

    @property
    def cause(self) -> str:
        """The customer and the report."""
        return f"{self.customer_id}-{self.feedback_id}"


class RunFinished(EventData):
    """The run has ended; `reason` says why if it failed. Costs are in US dollars."""

    type = "fondly.run-finished.v1"
    topic = "run-finished"
    status: Literal["finished", "failed"]
    reason: str | None = None
    counts: dict[str, Count] = {}
    stage_seconds: dict[str, float] = {}
    total_seconds: float = 0.0
    cost_usd: dict[str, Decimal] = {}

    @property
    def cause(self) -> str:
        """The status."""
        return self.status


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
    """Parse an event of one kind; raise `PermanentError` naming the first problem."""
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
