"""The kinds of resource in Personalize, and what its operations on them are called."""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of resource that a run needs, as its operations name them."""

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

    @property
    def noun(self) -> str:
        """The end of the names of operations."""
        return self.replace(" ", "_")

    @property
    def member(self) -> str:
        """The member of an answer that describes a resource of this kind."""
        first, *others = self.split()
        return first + "".join(map(str.capitalize, others))

    @property
    def plural(self) -> str:
        """The member of an answer that lists resources of this kind."""
        return "Filters" if self is Kind.FILTER else f"{self.member}s"

    @property
    def arn(self) -> str:
        """The parameter that names a resource of this kind."""
        return f"{self.member}Arn"

    @property
    def name_key(self) -> str:
        """The parameter that gives a new resource its name."""
        return "jobName" if self.endswith(" job") else "name"

    @property
    def is_job(self) -> bool:
        """Whether its quota counts what is running, and so frees up in time."""
        return self in {Kind.IMPORT_JOB, Kind.SOLUTION_VERSION, Kind.BATCH_JOB}


PARENTS: Mapping[Kind, str] = {
    Kind.DATASET: Kind.DATASET_GROUP.arn,
    Kind.SOLUTION: Kind.DATASET_GROUP.arn,
    Kind.FILTER: Kind.DATASET_GROUP.arn,
    Kind.EVENT_TRACKER: Kind.DATASET_GROUP.arn,
    Kind.IMPORT_JOB: Kind.DATASET.arn,
    Kind.SOLUTION_VERSION: Kind.SOLUTION.arn,
    Kind.BATCH_JOB: Kind.SOLUTION_VERSION.arn,
}
"""The parameters that restrict lists to what was made from one resource."""
