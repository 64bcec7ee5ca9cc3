"""A run as operators see it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel, computed_field, field_serializer

from fondly.contracts import object_keys
from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import IngestReport
from fondly.contracts.records import SentimentSummary
from fondly.operations.delivery.views import DeliveryView
from fondly.operations.errors import NotFoundError, OperationError
from fondly.operations.runs.facts import RunFacts, notices
from fondly.operations.runs.sentiment_figures import exported
from fondly.operations.runs.settings import RunSettings
from fondly.recommender.domain.run_state import RecommenderState
from fondly.runtime.runs.attribution import Attribution
from fondly.runtime.runs.delivery import DeliveryStatus
from fondly.runtime.runs.run import MAKING, PartReport, Run, RunStatus, StageName
from fondly.runtime.runs.totals import total

LATEST = "latest"
PREFIX = "run-"


class StageView(BaseModel):
    """How far a stage has got and how long it has taken. `parts` is None until ingest has read the file."""

    stage: StageName
    done: int
    parts: int | None
    announced: bool
    seconds: float


class RunView(BaseModel):
    """One run in a list."""

    run_id: str
    status: RunStatus
    source: str
    reason: str | None
    parts: int | None
    created_at: datetime
    finished_at: datetime | None
    done: dict[StageName, int]
    """Finished parts per stage."""
    delivery_status: DeliveryStatus | None = None
    """None for a run that has no delivery, or not yet."""
    delivered_parts: int = 0


class RunList(BaseModel):
    """Runs in a list, the latest first; `next` is what to give as `before` for those that follow."""

    runs: list[RunView]
    next: str | None = None


class Rejects(BaseModel):
    """The number of rejected rows, and the object that lists them with the reason of each."""

    rows: int
    location: str


class RunDetails(RunView):
    """Everything about one run."""

    stages: list[StageView]
    counts: dict[str, int]
    sentiment: SentimentSummary | None
    """What the customers said; None until the run is scored, and for runs of earlier versions."""
    ingest: IngestReport | None
    """What ingest read; None until then, and for runs of earlier versions."""
    attribution: Attribution | None
    """What the emails led to; None until an event names the run."""
    delivery: DeliveryView | None = None
    """The decisions about its delivery and what has become of its emails; None for a run that has none."""
    pinned: RunSettings | None = None
    """What shapes its emails; None until the first is due, and for runs of earlier releases."""
    total_seconds: float
    cost_usd: dict[str, Decimal]
    recommender: RecommenderState
    """What the recommender keeps of the run."""
    rejects: Rejects | None

    @computed_field  # type: ignore[prop-decorator] # mypy knows no decorated properties
    @property
    def notices(self) -> list[str]:
        """What a person should know before the emails are sent."""
        return notices(self.facts)

    @property
    def facts(self) -> RunFacts:
        """What became of the run, to be told in plain words."""
        return RunFacts(
            status=self.status,
            reason=self.reason,
            counts=self.counts,
            ingest=self.ingest,
            popularity_reason=self.recommender.popularity_reason or None,
            ranking=self.recommender.ranking,
            unmatched_rules=self.recommender.unmatched_rules,
        )

    @field_serializer("sentiment")
    def _exported(self, summary: SentimentSummary | None) -> dict[str, Any] | None:
        """As in the `summary.json` of a demo."""
        return exported(summary) if summary else None


class Stored(NamedTuple):
    """What services have stored about a run, as far as they have."""

    pinned: RunSettings | None = None
    sentiment: SentimentSummary | None = None
    ingest: IngestReport | None = None
    attribution: Attribution | None = None
    delivery: DeliveryView | None = None


NOTHING_STORED = Stored()


def view(run: Run, delivery: DeliveryStatus | None = None) -> RunView:
    """Return a run as in a list, with the status of its delivery."""
    return RunView(
        run_id=run.run_id,
        status=run.status,
        source=run.source,
        reason=run.reason,
        parts=run.parts,
        created_at=run.created_at,
        finished_at=run.finished_at,
        done={stage: len(run.stage(stage).done) for stage in MAKING},
        delivery_status=delivery,
        delivered_parts=len(run.stage(StageName.SENDER).done),
    )


def details(
    run: Run, reports: Sequence[PartReport], *, bucket: str, stored: Stored = NOTHING_STORED
) -> RunDetails:
    """Return a run in full; `bucket` holds its files."""
    totals = total(reports)
    return RunDetails(
        **view(run, stored.delivery.delivery.status if stored.delivery else None).model_dump(),
        **stored._asdict(),
        stages=[
            StageView(
                stage=stage,
                done=len(run.stage(stage).done),
                parts=run.parts,
                announced=run.stage(stage).announced,
                seconds=totals.stage_seconds.get(stage, 0.0),
            )
            for stage in MAKING
        ],
        counts=totals.counts,
        total_seconds=totals.total_seconds,
        cost_usd=totals.cost_usd,
        recommender=RecommenderState.of(run),
        rejects=Rejects(rows=rows, location=f"s3://{bucket}/{object_keys.rejects(run.run_id)}")
        if (rows := totals.counts.get(Counted.REJECTED_ROWS, 0))
        else None,
    )


def find(ids: Sequence[str], wanted: str) -> str:
    """Return the only run's id that begins so; raise `OperationError` if there are none, or several."""
    found = [each for each in ids if each.removeprefix(PREFIX).startswith(wanted.removeprefix(PREFIX))]
    if not found:
        raise NotFoundError(f"there is no run {wanted}" if ids else "there are no runs yet")
    if len(found) > 1:
        raise OperationError(f"{wanted} is ambiguous: {', '.join(found)}")
    return found[0]


def used_units(reports: Sequence[PartReport]) -> dict[str, Decimal]:
    """Return how much of each unit a run's parts have used, by unit in order."""
    amounts: dict[str, Decimal] = {}
    for report in reports:
        for unit, amount in report.units.items():
            amounts[unit] = amounts.get(unit, Decimal(0)) + amount
    return {unit: amount for unit, amount in sorted(amounts.items()) if amount}
