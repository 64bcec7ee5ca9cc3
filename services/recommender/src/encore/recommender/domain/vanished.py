"""Where a run goes on when something that it made in Personalize no longer exists.

What depends on it is made again too, except that a training is never paid for twice: while the solution
version that the run uses exists, only what follows it is needed. It may be that of an earlier run.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from encore.recommender.domain.plan import EVENT_TRACKER, Step
from encore.recommender.domain.resources import Kind
from encore.recommender.domain.schemas import DATASETS
from encore.recommender.domain.side_models import SIDE_MODELS

TYPES = tuple(schema.kind.lower() for schema in DATASETS)
SOLUTION = "solution"
VERSION = "solution_version"
BATCH_JOB, CAMPAIGN = "batch_job", "campaign"
FILTERS = ("filter", "promotion_filter")
AFTER_VERSION = {*FILTERS, BATCH_JOB, CAMPAIGN}
"""What a run makes after its training."""
OF_SIDE_MODELS = {key for side in SIDE_MODELS for key in (side.solution, side.version, side.job)}
"""What it makes beside it, and can lose without needing another training of the ranking."""


class Made(NamedTuple):
    """A member of a run's step state that holds an ARN: the step that makes it, and what it is made from."""

    kind: Kind
    step: Step
    needs: tuple[str, ...] = ()


MADE: Mapping[str, Made] = {
    "dataset_group": Made(Kind.DATASET_GROUP, Step.SET_UP),
    **{f"schema_{each}": Made(Kind.SCHEMA, Step.SET_UP) for each in TYPES},
    **{
        f"dataset_{each}": Made(Kind.DATASET, Step.DATASETS, ("dataset_group", f"schema_{each}"))
        for each in TYPES
    },
    **{f"import_{each}": Made(Kind.IMPORT_JOB, Step.IMPORT, (f"dataset_{each}",)) for each in TYPES},
    EVENT_TRACKER: Made(Kind.EVENT_TRACKER, Step.IMPORT, ("dataset_group", "dataset_interactions")),
    **{
        side.solution: Made(Kind.SOLUTION, Step.SIDE_SOLUTION, ("dataset_group", "dataset_interactions"))
        for side in SIDE_MODELS
    },
    **{
        side.version: Made(
            Kind.SOLUTION_VERSION, Step.SIDE_TRAIN, (side.solution, *(f"import_{each}" for each in TYPES))
        )
        for side in SIDE_MODELS
    },
    SOLUTION: Made(Kind.SOLUTION, Step.SOLUTION, ("dataset_group", "dataset_interactions")),
    VERSION: Made(Kind.SOLUTION_VERSION, Step.TRAIN, (SOLUTION, *(f"import_{each}" for each in TYPES))),
    **{each: Made(Kind.FILTER, Step.FILTER, ("dataset_group",)) for each in FILTERS},
    BATCH_JOB: Made(Kind.BATCH_JOB, Step.INFER, (VERSION,)),
    CAMPAIGN: Made(Kind.CAMPAIGN, Step.INFER, (VERSION,)),
    **{side.job: Made(Kind.BATCH_JOB, Step.INFER, (side.version,)) for side in SIDE_MODELS},
}
"""In the order in which they are made."""


class Restart(NamedTuple):
    """The step at which a run goes on, and what it has to forget."""

    step: Step
    forgotten: tuple[str, ...]


def recorded(step: Mapping[str, str]) -> dict[str, str]:
    """Return the ARNs in a run's step state by key; what was forgotten is empty there."""
    return {key: step[key] for key in MADE if step.get(key)}


def restart(known: Collection[str], gone: Collection[str], at: Step) -> Restart:
    """Return where a run at step `at`, which has made the `known` keys, goes on without those `gone`."""
    has_version = VERSION in known and VERSION not in gone
    lost = (AFTER_VERSION | OF_SIDE_MODELS) & set(gone) if has_version else set(gone)
    for key, made in MADE.items():  # in order, so that a loss goes all the way down
        if lost.intersection(made.needs) and (not has_version or key in OF_SIDE_MODELS):
            lost.add(key)
    forgotten = tuple(key for key in MADE if key in lost and key in known)
    again = [at, *(MADE[key].step for key in forgotten)]
    if VERSION in forgotten and SOLUTION not in known:  # it was an earlier run's
        again.append(Step.SOLUTION)
    if any(side.version in forgotten and side.solution not in known for side in SIDE_MODELS):
        again.append(Step.SIDE_SOLUTION)
    return Restart(earliest(*again), forgotten)


def earliest(*steps: Step) -> Step:
    """Return the first of some steps."""
    return min(steps, key=list(Step).index)
