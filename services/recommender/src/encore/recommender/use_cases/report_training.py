"""Reports what a run's way through Personalize has cost so far."""

from collections.abc import Mapping
from datetime import datetime

from encore.recommender.domain.bundles import bundles_of, rounds_of
from encore.recommender.domain.engines import Engine
from encore.recommender.domain.import_steps import size_bytes
from encore.recommender.domain.plan import Step
from encore.recommender.domain.prepared import REQUESTS
from encore.recommender.domain.side_models import asked
from encore.recommender.domain.version_steps import Choice, chosen
from encore.recommender.use_cases.ask_campaign import CUSTOMERS_PER_FILE
from encore.recommender.use_cases.tell_products import ITEMS_PUT_BYTES
from encore.runtime.runs.run import Run
from encore.runtime.runs.stage import PartResult, Stage

NAME = "training"
FILES_PER_BUNDLE = 10
"""Interactions and users, all and new ones; rankings, batch input; what was prepared, gathered, linked, and
how many have which list."""
KINDS_OF_OTHERS = 3
"""What is known of the customers of earlier files, their interactions, and themselves."""
FILES_PER_RUN = 5
"""Items, products, sentiments, shared reviews, links. There is a file of earlier histories for each part."""
PAID = {Step.IMPORT: "imports", Step.TRAIN: "trainings", Step.INFER: "inferences"}
"""Where a run's step state counts what Personalize has charged for: what vanishes is paid for again."""


INGESTED_BYTES = "ingested_bytes"
SIDE_TRAININGS, SIDE_LINES = "side_trainings", "side_lines"
"""How many versions of side models it has trained, and for how many lines it has asked them."""
COUNTED_VERSION = "counted_version"
"""The latest version whose training is counted: one that is found again is not paid for again."""
COUNTS: Mapping[Choice, str] = {
    Choice.REUSED: "versions_reused",
    Choice.EARLIER: "versions_refused",
}
"""What a run counts if it does not use a version of its own."""


def counted(step: Step, run: Run) -> dict[str, str]:
    """Return the changes of the step state that count a step which has just been passed."""
    if step is Step.IMPORT:
        ingested = _ingested_bytes(run) + size_bytes(run.step)
        return {PAID[step]: str(_times(step, run) + 1), INGESTED_BYTES: str(ingested)}
    if step is Step.TRAIN and run.step["solution_version"] != run.step.get(COUNTED_VERSION):
        times = str(_times(step, run) + 1)
        return {PAID[step]: times, COUNTED_VERSION: run.step["solution_version"]}
    if step is Step.FILTER:
        trained = {side.version: 1 for side in asked(run.step) if side.is_trained(run.step)}
        return _counted_once(run, SIDE_TRAININGS, trained)
    if step is Step.INFER:
        lines = {side.job: side.lines(run.step) for side in asked(run.step)}
        return {PAID[step]: str(_times(step, run) + 1), **_counted_once(run, SIDE_LINES, lines)}
    return {}


def _counted_once(run: Run, total: str, made: Mapping[str, int]) -> dict[str, str]:
    """Add what is paid for by each member with an ARN, unless it is of the one that was counted last."""
    new = {key: paid for key, paid in made.items() if run.step[key] != run.step.get(f"counted_{key}")}
    if not new:
        return {}
    counted_now = {f"counted_{key}": run.step[key] for key in new}
    return {total: str(int(run.step.get(total) or 0) + sum(new.values())), **counted_now}


def _times(paid: Step, run: Run) -> int:
    """How often a step has been paid for; versions before 0.1 did not count."""
    if PAID[paid] in run.step or chosen(run.step):
        return int(run.step.get(PAID[paid], 0))
    return int(Step(run.step.get("step", Step.SET_UP)).is_past(paid))


def _ingested_bytes(run: Run) -> int:
    """What has been ingested; earlier releases imported everything each time."""
    if INGESTED_BYTES in run.step:
        return int(run.step[INGESTED_BYTES])
    return _times(Step.IMPORT, run) * int(run.step["csv_bytes"])


def _counts(run: Run) -> dict[str, int]:
    name = COUNTS.get(chosen(run.step) or Choice.TRAINED)
    return {name: 1} if name else {}


def _further_files(run: Run) -> int:
    """The files that not every run has."""
    return KINDS_OF_OTHERS * int(run.step.get("other_files", 0)) + _answered_files(run)


def _answered_files(run: Run) -> int:
    """The files with what a campaign has answered: some for each bundle, which are put together in one."""
    if not Engine.of_run(run.step).asks_campaign:
        return 0
    return 2 * len(bundles_of(run)) + int(run.step.get(REQUESTS, 0)) // CUSTOMERS_PER_FILE


async def report_training(run: Run, stage: Stage) -> None:
    """Report a prepared run, whatever step it has reached; a later report replaces an earlier one.

    What Personalize charges for counts once its step is passed, so a run that fails shows its cost as well.
    The messages of the rounds count as if all of them had been handled.
    """
    engine = Engine.of_run(run.step)
    rounds = len(rounds_of(engine))
    before = rounds - 1  # the rounds that end with a poll: so many polls of one number
    polls = max(1, int(run.step.get("attempt", 0))) + before - 1
    bundles = len(bundles_of(run))
    messages = bundles * rounds
    units = {
        "s3.puts": FILES_PER_BUNDLE * bundles + (run.parts or 0) + FILES_PER_RUN + _further_files(run),
        "sqs.requests": polls + messages,  # each one sent
        # Bundles that are through, that a round has polled, and histories.
        "dynamodb.writes": messages + before + int(run.step.get("history_writes", 0)),
        "dynamodb.reads": int(run.step.get("history_reads", 0)),
    }
    if ingested := _ingested_bytes(run) + int(run.step.get(ITEMS_PUT_BYTES) or 0):
        units["personalize.ingested_bytes"] = ingested
    if trainings := _times(Step.TRAIN, run) + int(run.step.get(SIDE_TRAININGS) or 0):
        units["personalize.trained_interactions"] = trainings * int(run.step["interactions"])
    if engine.asks_by_product and (inferences := _times(Step.INFER, run)):
        # What customers are asked for each counts with their parts, once their rankings are there.
        units["personalize.recommendations"] = inferences * int(run.step.get(REQUESTS, 0))
    if lines := int(run.step.get(SIDE_LINES) or 0):
        units["personalize.recommendations"] = units.get("personalize.recommendations", 0) + lines
    started_at = datetime.fromisoformat(run.step["started_at"])
    result = PartResult(counts=_counts(run), units=units)
    await stage.record(run.run_id, NAME, started_at, result, messages=polls + messages + 1)
