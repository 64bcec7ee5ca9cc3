"""Reports what a run's way through Personalize has cost so far."""

from collections.abc import Mapping
from datetime import datetime

from encore.contracts.events import Round
from encore.recommender.domain.bundles import bundles_of
from encore.recommender.domain.plan import Step
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

NAME = "training"
FILES_PER_BUNDLE = 8
"""Interactions, users, rankings, batch input; what was prepared, gathered, linked, and how many have which
list."""
KINDS_OF_OTHERS = 3
"""What is known of the customers of earlier files, their interactions, and themselves."""
FILES_PER_RUN = 5
"""Items, products, sentiments, shared reviews, links. There is a file of earlier histories for each part."""
IMPORTS, TRAININGS = "imports", "trainings"
"""Where a run's step state counts what Personalize has charged for: what vanishes is paid for again."""
COUNTED_VERSION = "counted_version"
"""The latest version whose training is counted: one that is found again is not paid for again."""


def counted(step: Step, run: Run) -> Mapping[str, str]:
    """Return the changes of the step state that count a step which has just been passed."""
    if step is Step.IMPORT:
        return {IMPORTS: str(_number(IMPORTS, run) + 1)}
    if step is Step.TRAIN and run.step["solution_version"] != run.step.get(COUNTED_VERSION):
        return {TRAININGS: str(_number(TRAININGS, run) + 1), COUNTED_VERSION: run.step["solution_version"]}
    return {}


async def report_training(run: Run, stage: Stage) -> None:
    """Report a prepared run, whatever step it has reached; a later report replaces an earlier one.

    What Personalize charges for counts once its step is passed, so a run that fails shows its cost as well.
    The messages of the rounds count as if all of them had been handled.
    """
    before = len(Round) - 1  # the rounds that end with a poll: so many polls of one number
    polls = max(1, int(run.step.get("attempt", 0))) + before - 1
    bundles = len(bundles_of(run))
    messages = bundles * len(Round)
    files = FILES_PER_RUN + FILES_PER_BUNDLE * bundles + KINDS_OF_OTHERS * _number("other_files", run)
    units = {
        "s3.puts": files + (run.parts or 0),
        "sqs.requests": polls + messages,  # each one sent
        # Bundles that are through, that a round has polled, and histories.
        "dynamodb.writes": messages + before + _number("history_writes", run),
        "dynamodb.reads": _number("history_reads", run),
    }
    if imports := _number(IMPORTS, run):
        units["personalize.ingested_bytes"] = imports * int(run.step["csv_bytes"])
    if trainings := _number(TRAININGS, run):
        units["personalize.trained_interactions"] = trainings * int(run.step["interactions"])
    started_at = datetime.fromisoformat(run.step["started_at"])
    await stage.record(run.run_id, NAME, started_at, PartResult(units=units), messages=polls + messages + 1)


def _number(name: str, run: Run) -> int:
    return int(run.step.get(name, 0))
