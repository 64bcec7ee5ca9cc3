"""Reports what a run's way through Personalize has cost so far."""

from datetime import datetime

from encore.recommender.domain.plan import Step
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

NAME = "training"
FILES_PER_PART = 3
ITEMS_FILES = 1


async def report_training(run: Run, stage: Stage) -> None:
    """Report a prepared run, whatever step it has reached; a later report replaces an earlier one.

    What Personalize charges for counts once its step is passed, so a run that fails shows its cost as well.
    """
    step, polls = Step(run.step.get("step", Step.SET_UP)), int(run.step.get("attempt", 0))
    units = {
        "s3.puts": FILES_PER_PART * (run.parts or 0) + ITEMS_FILES,
        "sqs.requests": polls,  # each one sent
    }
    if step.is_past(Step.IMPORT):
        units["personalize.ingested_bytes"] = int(run.step["csv_bytes"])
    if step.is_past(Step.TRAIN):
        units["personalize.trained_interactions"] = int(run.step["interactions"])
    started_at = datetime.fromisoformat(run.step["started_at"])
    await stage.record(run.run_id, NAME, started_at, PartResult(units=units), messages=polls + 1)
