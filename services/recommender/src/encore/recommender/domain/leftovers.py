"""Which resources in Personalize are named as this system names its own."""

import re

from encore.recommender.domain.schemas import DATASETS, DIGEST_CHARS
from encore.recommender.domain.side_models import SIDE_MODELS

_RUN_OR_DIGEST = rf"(run-[0-9a-z-]+|[0-9a-f]{{{DIGEST_CHARS}}})"
"""A run's id; versions before 0.1 shared a solution, named with a digest of its configuration."""
_SIDES = "|".join(side.name for side in SIDE_MODELS)
_TYPES = "|".join(schema.kind.lower() for schema in DATASETS)


def is_our_solution(name: str, dataset_group: str) -> bool:
    """Whether a solution of this dataset group was made by a run."""
    return re.fullmatch(rf"{re.escape(dataset_group)}-{_RUN_OR_DIGEST}", name) is not None


def is_our_side_solution(name: str, dataset_group: str) -> bool:
    """Whether a solution of this dataset group was made by a run for a side model."""
    return re.fullmatch(rf"{re.escape(dataset_group)}-({_SIDES})-{_RUN_OR_DIGEST}", name) is not None


def is_our_schema(name: str, dataset_group: str) -> bool:
    """Whether a schema was made for this dataset group."""
    return (
        re.fullmatch(rf"{re.escape(dataset_group)}-({_TYPES})-[0-9a-f]{{{DIGEST_CHARS}}}", name) is not None
    )
