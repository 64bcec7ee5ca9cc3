"""Amazon Personalize: finds or creates resources and reads their status.

The operations of all kinds differ only in their names, so a table holds the names.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from encore.recommender.domain.resources import Kind, ResourceSpec
from encore.recommender.ports import NotReadyError, RefusedError
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
    """One kind's operations. `parent` filters the list; the quota of running `job`s frees up in time."""

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

    async def ensure(self, wanted: ResourceSpec) -> str:
        """Return the ARN of the resource, creating it unless one with its name exists.

        Raises `NotReadyError` when it cannot be created yet, `RefusedError` when it never can.
        """
        # Personalize may accept a second version with the same name, and each one is a paid training.
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
        """Return whether the resource is ready; raise `RefusedError` with the reason if it failed."""
        if kind is Kind.SCHEMA:  # a schema is usable at once and has no status
            return True
        described = await self._describe(kind, arn)
        status = str(described.get("status", ""))
        if status.endswith(ENDED_BADLY):
            raise RefusedError(str(described.get("failureReason") or status))
        return status == ACTIVE

    async def _existing(self, wanted: ResourceSpec) -> str:
        arn = await self._find(wanted)
        if arn is None:
            raise RefusedError(f"{wanted.kind} {wanted.name} already exists under another parent")
        if wanted.kind is Kind.DATASET:
            await self._use_schema(arn, str(wanted.request["schemaArn"]))
        return arn

    async def _use_schema(self, dataset_arn: str, schema_arn: str) -> None:
        """Move a dataset that an earlier release created to this release's schema."""
        dataset = await self._describe(Kind.DATASET, dataset_arn)
        if dataset["schemaArn"] != schema_arn:
            await self._call(Kind.DATASET, "update", datasetArn=dataset_arn, schemaArn=schema_arn)

    async def _find(self, wanted: ResourceSpec) -> str | None:
        """Return the ARN of the resource with the wanted name, or None."""
        operations = _OPERATIONS[wanted.kind]
        listed = [summary async for summary in self._list(wanted)]
        if wanted.kind is Kind.SOLUTION_VERSION:
            listed = [await self._describe(wanted.kind, one[operations.arn]) for one in _latest(listed)]
        same = (str(one[operations.arn]) for one in listed if one.get(operations.name) == wanted.name)
        return next(same, None)

    async def _list(self, wanted: ResourceSpec) -> AsyncIterator[Mapping[str, Any]]:
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


def _latest(versions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The versions that an open run may have created; summaries lack names, so each one is described."""
    return sorted(versions, key=lambda version: version["creationDateTime"], reverse=True)[:RECENT_VERSIONS]


def _meaning(error: ClientError, operations: _Operations) -> Exception:
    """Translate a refused request into what it means for the run; other errors are for the queue to retry."""
    code = error_code(error)
    text = error.response.get("Error", {}).get("Message", "")
    if code == IN_USE or (code == LIMIT and operations.job):
        return NotReadyError(f"{operations.noun}: {text}")
    if code in NEVER or code == LIMIT:
        return RefusedError(f"Personalize refused {operations.noun}: {code}: {text}")
    return error
