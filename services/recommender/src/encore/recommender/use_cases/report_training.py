"""What the run's way through Personalize has cost so far."""

from datetime import UTC, datetime
from decimal import Decimal

from encore.recommender.domain.plan import Step
from encore.runtime.runs.run import PartReport, Run, StageName

NAME = "training"
FILES_PER_PART = 3
REQUESTS_PER_MESSAGE = 2
REQUESTS_PER_POLL = REQUESTS_PER_MESSAGE + 1
"""Sent, received, deleted."""


def training_report(run: Run) -> PartReport:
    """Report a prepared run, whatever step it has reached; a later report replaces an earlier one.

    What Personalize charges for counts once its step is passed, so a run that fails shows its cost as well.
    """
    step = Step(run.step.get("step", Step.SET_UP))
    units = {
        "s3.puts": Decimal(FILES_PER_PART * (run.parts or 0) + 1),
        "sqs.requests": Decimal(REQUESTS_PER_MESSAGE + REQUESTS_PER_POLL * int(run.step.get("attempt", 0))),
    }
    if step.is_past(Step.IMPORT):
        units["personalize.ingested_bytes"] = Decimal(run.step["csv_bytes"])
    if step.is_past(Step.TRAIN):
        units["personalize.trained_interactions"] = Decimal(run.step["interactions"])
    return PartReport(
        stage=StageName.RECOMMENDER,
        name=NAME,
        started_at=datetime.fromisoformat(run.step["started_at"]),
        finished_at=datetime.now(UTC),
        units=units,
    )
