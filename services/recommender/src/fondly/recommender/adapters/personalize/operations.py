"""The names of Personalize's operations by kind of resource, and what their errors mean for a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from fondly.recommender.adapters.personalize.plan import Kind
from fondly.recommender.ports import NotReadyError, QuotaError, RefusedError, VanishedError
from fondly.runtime.errors import error_code

NEVER = frozenset({"InvalidInputException", "ValidationException"})
GONE = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"


@dataclass(frozen=True, slots=True)
class Operations:
    """One kind's operations. `parent` filters the list; the quota of running `job`s frees up in time."""

    noun: str
    parent: str | None = None
    name: str = "name"
    job: bool = False

    @property
    def member(self) -> str:
        """The member of an answer that describes a resource of this kind."""
        first, *others = self.noun.split("_")
        return first + "".join(map(str.capitalize, others))

    @property
    def plural(self) -> str:
        """The member of an answer that lists some."""
        return "Filters" if self.noun == "filter" else f"{self.member}s"

    @property
    def arn(self) -> str:
        """The parameter that names a resource of this kind."""
        return f"{self.member}Arn"


GROUP = "datasetGroupArn"
OPERATIONS: Mapping[Kind, Operations] = {
    Kind.SCHEMA: Operations("schema"),
    Kind.DATASET_GROUP: Operations("dataset_group"),
    Kind.DATASET: Operations("dataset", GROUP),
    Kind.IMPORT_JOB: Operations("dataset_import_job", "datasetArn", "jobName", job=True),
    Kind.SOLUTION: Operations("solution", GROUP),
    Kind.SOLUTION_VERSION: Operations("solution_version", "solutionArn", job=True),
    Kind.FILTER: Operations("filter", GROUP),
    Kind.CAMPAIGN: Operations("campaign"),
    Kind.BATCH_JOB: Operations("batch_inference_job", "solutionVersionArn", "jobName", job=True),
    Kind.EVENT_TRACKER: Operations("event_tracker", GROUP),
}


def meaning(error: ClientError, operations: Operations) -> Exception:
    """Translate a refused request into what it means for the run; other errors are for the queue to retry."""
    code, noun = error_code(error), operations.noun
    text = error.response.get("Error", {}).get("Message", "")
    if code == IN_USE or (code == LIMIT and operations.job):
        return NotReadyError(f"{noun}: {text}")
    if code == GONE:
        return VanishedError(f"{noun}: {text}")
    if code == LIMIT:
        return QuotaError(f"Personalize refused {noun}: {code}: {text}")
    if code in NEVER:
        return RefusedError(f"Personalize refused {noun}: {code}: {text}")
    return error
