"""How the kinds of resource differ: in names, quotas, and what prevents their deletion."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The states of a resource, as AWS spells them."""

    CREATE_PENDING = "CREATE PENDING"
    CREATE_IN_PROGRESS = "CREATE IN_PROGRESS"
    ACTIVE = "ACTIVE"
    CREATE_FAILED = "CREATE FAILED"
    CREATE_STOPPING = "CREATE STOPPING"
    CREATE_STOPPED = "CREATE STOPPED"
    DELETE_PENDING = "DELETE PENDING"
    DELETE_IN_PROGRESS = "DELETE IN_PROGRESS"


UNFINISHED = frozenset({Status.CREATE_PENDING, Status.CREATE_IN_PROGRESS, Status.CREATE_STOPPING})


@dataclass(frozen=True, slots=True)
class Quota:
    """How many resources of a kind may exist: counting all or only unfinished, per group or region."""

    limit: int
    unfinished_only: bool = False
    per_group: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource; `noun` is used in the names of its operations.

    A resource cannot be deleted while a resource of a kind in `held_by` depends on it, or an
    unfinished one of a kind in `held_while_unfinished`. Those of `owns` are deleted with it. AWS has no
    deletion of jobs and does not say what becomes of their records: here they go with what they were for.
    """

    noun: str
    quota: Quota
    has_status: bool = True
    held_by: frozenset[str] = frozenset()
    held_while_unfinished: frozenset[str] = frozenset()
    owns: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """The member of a Describe response that contains the resource."""
        return self.noun[0].lower() + self.noun[1:]

    @property
    def arn_key(self) -> str:
        """The parameter that names a resource of this kind."""
        return f"{self.key}Arn"


SCHEMA = Kind("Schema", Quota(500), has_status=False, held_by=frozenset({"Dataset"}))
DATASET_GROUP = Kind(
    "DatasetGroup",
    Quota(5),
    held_by=frozenset({"Dataset", "EventTracker", "Solution"}),
    owns=frozenset({"Filter"}),
)
DATASET = Kind(
    "Dataset",
    Quota(3, per_group=True),
    held_while_unfinished=frozenset({"DatasetImportJob", "SolutionVersion"}),
    owns=frozenset({"DatasetImportJob"}),
)
DATASET_IMPORT_JOB = Kind("DatasetImportJob", Quota(5, unfinished_only=True))
SOLUTION = Kind(
    "Solution",
    Quota(10, per_group=True),
    held_by=frozenset({"Campaign"}),
    held_while_unfinished=frozenset({"SolutionVersion", "BatchInferenceJob"}),
    owns=frozenset({"SolutionVersion", "BatchInferenceJob"}),
)
SOLUTION_VERSION = Kind("SolutionVersion", Quota(20, unfinished_only=True))
CAMPAIGN = Kind("Campaign", Quota(5, per_group=True))
FILTER = Kind("Filter", Quota(10, per_group=True), held_while_unfinished=frozenset({"BatchInferenceJob"}))
EVENT_TRACKER = Kind("EventTracker", Quota(1, per_group=True))
BATCH_INFERENCE_JOB = Kind("BatchInferenceJob", Quota(5, unfinished_only=True))
