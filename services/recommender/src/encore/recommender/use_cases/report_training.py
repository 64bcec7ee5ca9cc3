"""Reports what a run's way through Personalize has cost so far."""

from datetime import datetime

from encore.contracts.events import Round
from encore.recommender.domain.bundles import bundles_of
from encore.recommender.domain.plan import Step
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

NAME = "training"
FILES_PER_BUNDLE = 13
"""Interactions and users, all, new ones and those of earlier files; rankings, batch input; what was prepared,
gathered, linked, and how many have which list; the customers of earlier files."""
FILES_PER_RUN = 5
"""Items, products, sentiments, shared reviews, links. There is a file of earlier histories for each part."""
ROUNDS_BEFORE = len(Round) - 1
"""The rounds that end with a poll: so many polls of one number."""
PAID = {Step.IMPORT: "imports", Step.TRAIN: "trainings"}
"""Where a run's step state counts what Personalize has charged for: what vanishes is paid for again."""


def counted(step: Step, run: Run) -> dict[str, str]:
    """Return the changes of the step state that count a step which has just been passed."""
    return {PAID[step]: str(_times(step, run) + 1)} if step in PAID else {}


def _times(paid: Step, run: Run) -> int:
    """How often a step has been paid for; versions before 0.1 did not count."""
    if PAID[paid] in run.step:
        return int(run.step[PAID[paid]])
    return int(Step(run.step.get("step", Step.SET_UP)).is_past(paid))


async def report_training(run: Run, stage: Stage) -> None:
    """Report a prepared run, whatever step it has reached; a later report replaces an earlier one.

    What Personalize charges for counts once its step is passed, so a run that fails shows its cost as well.
    The messages of the rounds count as if all of them had been handled.
    """
    polls = max(1, int(run.step.get("attempt", 0))) + ROUNDS_BEFORE - 1
    bundles = len(bundles_of(run))
    messages = bundles * len(Round)
    units = {
        "s3.puts": FILES_PER_BUNDLE * bundles + (run.parts or 0) + FILES_PER_RUN,
        "sqs.requests": polls + messages,  # each one sent
        # Bundles that are through, that a round has polled, and histories.
        "dynamodb.writes": messages + ROUNDS_BEFORE + int(run.step.get("history_writes", 0)),
        "dynamodb.reads": int(run.step.get("history_reads", 0)),
    }
    if imports := _times(Step.IMPORT, run):
        units["personalize.ingested_bytes"] = imports * int(run.step["csv_bytes"])
    if trainings := _times(Step.TRAIN, run):
        units["personalize.trained_interactions"] = trainings * int(run.step["interactions"])
    started_at = datetime.fromisoformat(run.step["started_at"])
    await stage.record(run.run_id, NAME, started_at, PartResult(units=units), messages=polls + messages + 1)
