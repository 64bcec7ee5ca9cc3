"""Resources in Amazon Personalize: their kinds, and what one of them must be."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The kinds of resource that a run needs."""

    SCHEMA = "schema"
    DATASET_GROUP = "dataset group"
    DATASET = "dataset"
    IMPORT_JOB = "dataset import job"
    SOLUTION = "solution"
    SOLUTION_VERSION = "solution version"
    FILTER = "filter"
    BATCH_JOB = "batch inference job"
    CAMPAIGN = "campaign"
    EVENT_TRACKER = "event tracker"


@dataclass(frozen=True, slots=True)
class ResourceSpec:
    """A resource that must exist.

    `key` is its name in a run's step state, `request` the parameters of its creation other than `name`.
    """

    key: str
    kind: Kind
    name: str
    request: Mapping[str, Any]
