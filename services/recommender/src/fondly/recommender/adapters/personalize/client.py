"""Amazon Personalize: finds or creates resources, reads their status, and deletes them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from fondly.recommender.adapters.personalize.kinds import PARENTS, Kind
from fondly.recommender.adapters.personalize.plan import ResourceSpec
from fondly.recommender.ports import NotReadyError, QuotaError, RefusedError, VanishedError
from fondly.runtime.clients import PersonalizeClient
from fondly.runtime.errors import error_code

EXISTS = "ResourceAlreadyExistsException"
NEVER = frozenset({"InvalidInputException", "ValidationException"})
GONE = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"
ACTIVE = "ACTIVE"
FOUND_FIRST = frozenset({Kind.SOLUTION_VERSION, Kind.EVENT_TRACKER})
"""Kinds to look up before creating: Personalize may accept a second version of the same name, which is
another paid training, and refuses a group's second event tracker with an error of its own."""
ENDED_BADLY = ("FAILED", "STOPPED")
UPDATED: Mapping[Kind, Sequence[str]] = {
    Kind.DATASET: ("schemaArn",),
    Kind.CAMPAIGN: ("solutionVersionArn", "minProvisionedTPS"),
}
"""What is updated in a resource that exists: a release may change the schema that data is written for."""


class AWSPersonalize:
    """Amazon Personalize behind the recommender's port."""

    def __init__(self, client: PersonalizeClient) -> None:
        self._client = client

    async def ensure(self, wanted: ResourceSpec) -> str:
        """Return the ARN of the resource, creating it unless one with its name exists.

        Raises `NotReadyError` when it cannot be created yet, `RefusedError` when it never can, and
        `VanishedError` when something that it is made from no longer exists.
        """
        kind = wanted.kind
        if kind in FOUND_FIRST and (found := await self.find(kind, wanted.name, wanted.request)):
            return found
        try:
            reply = await self._call(kind, "create", **{kind.name_key: wanted.name}, **wanted.request)
        except ClientError as error:
            if error_code(error) != EXISTS:
                raise
            return await self._existing(wanted)
        return str(reply[kind.arn])

    async def is_active(self, kind: Kind, arn: str) -> bool:
        """Return whether it is ready; raise `RefusedError` if it failed, `VanishedError` if it is gone."""
        if kind is Kind.SCHEMA:  # a schema is usable at once and has no status
            return True
        described = await self.described(kind, arn)
        status = str(described.get("status", ""))
        if status.endswith(ENDED_BADLY):
            raise RefusedError(str(described.get("failureReason") or status))
        return status == ACTIVE

    async def find(self, kind: Kind, name: str, request: Mapping[str, Any]) -> str | None:
        """Return the ARN of the resource with this name, below the parent that `request` names; else None."""
        parent = {key: request[key] for key in (PARENTS.get(kind, ""),) if key in request}
        listed = [summary async for summary in self._list(kind, **parent)]
        if kind is Kind.SOLUTION_VERSION:
            # Summaries lack names; a run's solution has a version or two.
            listed = [await self.described(kind, one[kind.arn]) for one in listed]
        same = (str(one[kind.arn]) for one in listed if one.get(kind.name_key) == name)
        return next(same, None)

    async def solutions(self, group_arn: str) -> Mapping[str, str]:
        """Return the ARNs of the solutions of a dataset group by their names, the newest first."""
        found = [each async for each in self._list(Kind.SOLUTION, datasetGroupArn=group_arn)]
        found.sort(key=lambda each: each["creationDateTime"], reverse=True)
        return {each["name"]: str(each["solutionArn"]) for each in found}

    async def delete(self, kind: Kind, arn: str) -> bool:
        """Start to delete a resource; return False while something needs it, True if it is gone."""
        try:
            await self._call(kind, "delete", **{kind.arn: arn})
        except NotReadyError:
            return False
        except VanishedError:
            pass
        return True

    async def described(self, kind: Kind, arn: str) -> Mapping[str, Any]:
        """Return what Personalize says of a resource; raise `VanishedError` if it does not exist."""
        reply = await self._call(kind, "describe", **{kind.arn: arn})
        described: Mapping[str, Any] = reply[kind.member]
        return described

    async def _existing(self, wanted: ResourceSpec) -> str:
        kind, request = wanted.kind, wanted.request
        arn = await self.find(kind, wanted.name, request)
        if arn is None:
            raise RefusedError(f"{kind} {wanted.name} already exists under another parent")
        if kind in UPDATED:
            found = await self.described(kind, arn)
            changed = {key: request[key] for key in UPDATED[kind]}
            if changed != {key: found.get(key) for key in changed}:
                await self._call(kind, "update", **{kind.arn: arn}, **changed)
        return arn

    async def _list(self, kind: Kind, **parent: str) -> AsyncIterator[Mapping[str, Any]]:
        operation: Any = f"list_{kind.noun}s"
        try:
            async for page in self._client.get_paginator(operation).paginate(**parent):
                for summary in page[kind.plural]:
                    yield summary
        except ClientError as error:
            raise _meaning(error, kind) from error

    async def _call(self, kind: Kind, verb: str, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any shape
        try:
            reply: Mapping[str, Any] = await getattr(self._client, f"{verb}_{kind.noun}")(**request)
        except ClientError as error:
            raise _meaning(error, kind) from error
        return reply


def _meaning(error: ClientError, kind: Kind) -> Exception:
    """Translate a refused request into what it means for the run; other errors are for the queue to retry."""
    code, text = error_code(error), error.response.get("Error", {}).get("Message", "")
    if code == IN_USE or (code == LIMIT and kind.is_job):
        return NotReadyError(f"{kind.noun}: {text}")
    if code == GONE:
        return VanishedError(f"{kind.noun}: {text}")
    if code == LIMIT or code in NEVER:
        refused = QuotaError if code == LIMIT else RefusedError
        return refused(f"Personalize refused {kind.noun}: {code}: {text}")
    return error
