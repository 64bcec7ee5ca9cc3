"""What happens to a run, and to its parts, from stage to stage."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from fondly.contracts import object_keys
from fondly.contracts.events.envelope import EventData
from fondly.contracts.records import Count, Customer, Recommendation, SentimentSummary

PartNumber = Annotated[int, Field(ge=1)]


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


class UploadRead(EventData):
    """All of a run's files have been read; the run is as large as that. Nothing of it is paid yet."""

    type = "fondly.upload-read.v1"
    topic = "upload-read"
    customers: Count = 0
    """Those who may get an email."""
    interactions: Count = 0

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Self:
        """Describe a run by what ingest has counted."""
        excluded = sum(each for name, each in counts.items() if name.startswith("customers_excluded_"))
        return cls.model_validate({**counts, "customers": counts["customers"] - excluded})

    @property
    def cause(self) -> str:
        """The run as a whole."""
        return "all-files"


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


class RecommendationsReady(PartData):
    """One part's recommendations are stored."""

    type = "fondly.recommendations-ready.v1"
    topic = "recommendations-ready"

    @classmethod
    def of(cls, run_id: str, part: int, *, parts: int, recommendations: Sequence[Recommendation]) -> Self:
        """Describe a stored part."""
        key = object_keys.recommendations(run_id, part)
        return cls(part=part, parts=parts, key=key, customers=len(recommendations))


class RenderPart(EventData):
    """A message to the mailer's own queue: something of a part's finished emails has been struck.

    No topic carries it.
    """

    type = "fondly.render-part.v1"
    topic = ""
    part: PartNumber
    revision: Count
    """The revision that asks for it; all that there are by then are seen to."""

    @property
    def cause(self) -> str:
        """The revision and the part."""
        return f"revision-{self.revision}-part-{self.part}"


class SafetyReported(PartData):
    """Customers of a part speak of danger: `key` has their cases, which the shop should look at."""

    type = "fondly.safety-reported.v1"
    topic = "safety-reported"


class RunFinished(EventData):
    """The run has ended; `reason` says why if it failed. Costs are in US dollars."""

    type = "fondly.run-finished.v1"
    topic = "run-finished"
    status: Literal["finished", "failed"]
    reason: str | None = None
    counts: dict[str, Count] = Field(default_factory=dict)
    stage_seconds: dict[str, float] = Field(default_factory=dict)
    total_seconds: float = 0.0
    cost_usd: dict[str, Decimal] = Field(default_factory=dict)

    @property
    def cause(self) -> str:
        """The status."""
        return self.status
