"""Amazon Personalize: find-or-create, and what has become of it.

The operations of all kinds are alike but for their names, so the names stand in a table.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from encore.recommender.ports import Kind, NotReadyError, RefusedError, Wanted
from encore.runtime.errors import error_code

if TYPE_CHECKING:
    from types_aiobotocore_personalize.client import PersonalizeClient

NEVER = frozenset({"InvalidInputException", "ValidationException", "ResourceNotFoundException"})
EXISTS = "ResourceAlreadyExistsException"
IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"
ACTIVE = "ACTIVE"
RECENT_VERSIONS = 20
ENDED_BADLY = ("FAILED", "STOPPED")


@dataclass(frozen=True, slots=True)
class _Operations:
    """One kind's operations. `parent` narrows the list; a `job` runs, so its quota frees up by waiting."""

    noun: str
    member: str
    plural: str
    parent: str | None = None
    name: str = "name"
    job: bool = False

    @property
    def arn(self) -> str:
        return f"{self.member}Arn"


_OPERATIONS: Mapping[Kind, _Operations] = {
    Kind.SCHEMA: _Operations("schema", "schema", "schemas"),
    Kind.DATASET_GROUP: _Operations("dataset_group", "datasetGroup", "datasetGroups"),
    Kind.DATASET: _Operations("dataset", "dataset", "datasets", "datasetGroupArn"),
    Kind.IMPORT_JOB: _Operations(
        "dataset_import_job", "datasetImportJob", "datasetImportJobs", "datasetArn", "jobName", job=True
    ),
    Kind.SOLUTION: _Operations("solution", "solution", "solutions", "datasetGroupArn"),
    Kind.SOLUTION_VERSION: _Operations(
        "solution_version", "solutionVersion", "solutionVersions", "solutionArn", job=True
    ),
    Kind.BATCH_JOB: _Operations(
        "batch_inference_job",
        "batchInferenceJob",
        "batchInferenceJobs",
        "solutionVersionArn",
        "jobName",
        job=True,
    ),
}


class AWSPersonalize:
    """Amazon Personalize behind the recommender's port."""

    def __init__(self, client: "PersonalizeClient") -> None:
        self._client = client

    async def ensure(self, wanted: Wanted) -> str:
        """Return the ARN of the resource, creating it unless one of its name exists.

        Raises `NotReadyError` when it can be created later, `RefusedError` when it never can.
        """
        # A second version of one name is not sure to be refused, and each is a training to be paid for.
        if wanted.kind is Kind.SOLUTION_VERSION and (found := await self._find(wanted)):
            return found
        operations = _OPERATIONS[wanted.kind]
        try:
            reply = await self._call(
                wanted.kind, "create", **{operations.name: wanted.name}, **wanted.request
            )
        except ClientError as error:
            if error_code(error) != EXISTS:
                raise
            return await self._existing(wanted)
        return str(reply[operations.arn])

    async def is_active(self, kind: Kind, arn: str) -> bool:
        """Tell whether the resource is ready; `RefusedError` with Personalize's reason when it failed."""
        if kind is Kind.SCHEMA:  # a schema exists at once and has no state
            return True
        described = await self._describe(kind, arn)
        status = str(described.get("status", ""))
        if status.endswith(ENDED_BADLY):
            raise RefusedError(str(described.get("failureReason") or status))
        return status == ACTIVE

    async def _existing(self, wanted: Wanted) -> str:
        arn = await self._find(wanted)
        if arn is None:
            raise RefusedError(f"{wanted.kind} {wanted.name} exists, but under another parent")
        if wanted.kind is Kind.DATASET:
            await self._use_schema(arn, str(wanted.request["schemaArn"]))
        return arn

    async def _use_schema(self, dataset_arn: str, schema_arn: str) -> None:
        """Let a dataset of an earlier release follow the schema of this one."""
        dataset = await self._describe(Kind.DATASET, dataset_arn)
        if dataset["schemaArn"] != schema_arn:
            await self._call(Kind.DATASET, "update", datasetArn=dataset_arn, schemaArn=schema_arn)

    async def _find(self, wanted: Wanted) -> str | None:
        """Return the ARN of the resource with the wanted name."""
        operations = _OPERATIONS[wanted.kind]
        listed = [summary async for summary in self._list(wanted)]
        if wanted.kind is Kind.SOLUTION_VERSION:
            listed = [await self._describe(wanted.kind, one[operations.arn]) for one in _newest(listed)]
        same = (str(one[operations.arn]) for one in listed if one.get(operations.name) == wanted.name)
        return next(same, None)

    async def _list(self, wanted: Wanted) -> AsyncIterator[Mapping[str, Any]]:
        operations = _OPERATIONS[wanted.kind]
        request = {operations.parent: wanted.request[operations.parent]} if operations.parent else {}
        operation: Any = f"list_{operations.noun}s"
        async for page in self._client.get_paginator(operation).paginate(**request):
            for summary in page[operations.plural]:
                yield summary

    async def _describe(self, kind: Kind, arn: str) -> Mapping[str, Any]:
        operations = _OPERATIONS[kind]
        reply = await self._call(kind, "describe", **{operations.arn: arn})
        described: Mapping[str, Any] = reply[operations.member]
        return described

    async def _call(self, kind: Kind, verb: str, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any shape
        operations = _OPERATIONS[kind]
        try:
            reply: Mapping[str, Any] = await getattr(self._client, f"{verb}_{operations.noun}")(**request)
        except ClientError as error:
            raise _meaning(error, operations) from error
        return reply


def _newest(versions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The versions that a run under way can have made; summaries do not tell their names."""
    return sorted(versions, key=lambda version: version["creationDateTime"], reverse=True)[:RECENT_VERSIONS]


def _meaning(error: ClientError, operations: _Operations) -> Exception:
    """Say what a refused request means for the run; what is neither is left for the queue's retries."""
    code = error_code(error)
    text = error.response.get("Error", {}).get("Message", "")
    if code == IN_USE or (code == LIMIT and operations.job):
        return NotReadyError(f"{operations.noun}: {text}")
    if code in NEVER or code == LIMIT:
        return RefusedError(f"Personalize refused {operations.noun}: {code}: {text}")
    return error
