"""How the kinds of resource differ: in names, ARNs, quotas, and what prevents their deletion."""

import re
import secrets
from dataclasses import dataclass
from enum import StrEnum

RECIPE_PREFIX = "arn:aws:personalize:::recipe/"


@dataclass(frozen=True, slots=True)
class Arns:
    """Builds the ARNs of one account in one region."""

    region: str
    account_id: str

    def named(self, folder: str, name: str) -> str:
        """Return `.../<folder>/<name>`, the form of most kinds."""
        return f"arn:aws:personalize:{self.region}:{self.account_id}:{folder}/{name}"

    def dataset(self, group_name: str, dataset_type: str) -> str:
        """Return the ARN of a group's only dataset of a type; the dataset's name does not matter."""
        return self.named("dataset", f"{group_name}/{dataset_type.upper()}")

    def event_tracker(self) -> str:
        """Return a new ARN; it does not contain the tracker's name."""
        return self.named("event-tracker", secrets.token_hex(4))

    def solution_version(self, solution_arn: str) -> str:
        """Return a new ARN below `solution_arn`; versions get random numbers."""
        return f"{solution_arn}/{secrets.token_hex(4)}"


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
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Course:
    """The states through which a creation goes."""

    pending: Status
    in_progress: Status
    done: Status
    failed: Status


CREATION = Course(Status.CREATE_PENDING, Status.CREATE_IN_PROGRESS, Status.ACTIVE, Status.CREATE_FAILED)
DELETION_OF_DATA = Course(Status.PENDING, Status.IN_PROGRESS, Status.COMPLETED, Status.FAILED)
UNFINISHED = frozenset(
    {
        Status.CREATE_PENDING,
        Status.CREATE_IN_PROGRESS,
        Status.CREATE_STOPPING,
        Status.PENDING,
        Status.IN_PROGRESS,
    }
)


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
    course: Course = CREATION

    @property
    def key(self) -> str:
        """The member of a Describe response that contains the resource."""
        return self.noun[0].lower() + self.noun[1:]

    @property
    def phrase(self) -> str:
        """The noun in a sentence, with its article: `an event tracker`."""
        words = re.sub(r"(?<!^)(?=[A-Z])", " ", self.noun).lower()
        return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"

    @property
    def arn_key(self) -> str:
        """The parameter that names a resource of this kind."""
        return f"{self.key}Arn"


SCHEMA = Kind("Schema", Quota(500), has_status=False, held_by=frozenset({"Dataset"}))
DATASET_GROUP = Kind(
    "DatasetGroup",
    Quota(5),
    held_by=frozenset({"Dataset", "EventTracker", "Solution"}),
    held_while_unfinished=frozenset({"DataDeletionJob"}),
    owns=frozenset({"Filter", "DataDeletionJob"}),
)
DATASET = Kind(
    "Dataset",
    Quota(3, per_group=True),
    held_while_unfinished=frozenset(
        {"DatasetImportJob", "DatasetExportJob", "SolutionVersion", "DataDeletionJob"}
    ),
    owns=frozenset({"DatasetImportJob", "DatasetExportJob"}),
)
DATASET_IMPORT_JOB = Kind("DatasetImportJob", Quota(5, unfinished_only=True))
DATASET_EXPORT_JOB = Kind("DatasetExportJob", Quota(5, unfinished_only=True))
DATA_DELETION_JOB = Kind("DataDeletionJob", Quota(5, unfinished_only=True), course=DELETION_OF_DATA)
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

NOUNS = frozenset(kind.noun for kind in tuple(globals().values()) if isinstance(kind, Kind))
"""The nouns of all kinds, by which quotas are set."""
