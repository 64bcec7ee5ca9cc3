"""The names of Personalize's operations by kind of resource, and what their errors mean for a run."""

from collections.abc import Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from encore.recommender.domain.plan import Kind
from encore.recommender.ports import NotReadyError, QuotaError, RefusedError, VanishedError
from encore.runtime.errors import error_code

NEVER = frozenset({"InvalidInputException", "ValidationException"})
GONE = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"


@dataclass(frozen=True, slots=True)
class Operations:
    """One kind's operations. `parent` filters the list; the quota of running `job`s frees up in time."""

    noun: str
    member: str
    plural: str
    parent: str | None = None
    name: str = "name"
    job: bool = False

    @property
    def arn(self) -> str:
        """The parameter that names a resource of this kind."""
        return f"{self.member}Arn"


OPERATIONS: Mapping[Kind, Operations] = {
    Kind.SCHEMA: Operations("schema", "schema", "schemas"),
    Kind.DATASET_GROUP: Operations("dataset_group", "datasetGroup", "datasetGroups"),
    Kind.DATASET: Operations("dataset", "dataset", "datasets", "datasetGroupArn"),
    Kind.IMPORT_JOB: Operations(
        "dataset_import_job", "datasetImportJob", "datasetImportJobs", "datasetArn", "jobName", job=True
    ),
    Kind.SOLUTION: Operations("solution", "solution", "solutions", "datasetGroupArn"),
    Kind.SOLUTION_VERSION: Operations(
        "solution_version", "solutionVersion", "solutionVersions", "solutionArn", job=True
    ),
    Kind.FILTER: Operations("filter", "filter", "Filters", "datasetGroupArn"),
    Kind.CAMPAIGN: Operations("campaign", "campaign", "campaigns"),
    Kind.BATCH_JOB: Operations(
        "batch_inference_job",
        "batchInferenceJob",
        "batchInferenceJobs",
        "solutionVersionArn",
        "jobName",
        job=True,
    ),
    Kind.EVENT_TRACKER: Operations("event_tracker", "eventTracker", "eventTrackers", "datasetGroupArn"),
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
