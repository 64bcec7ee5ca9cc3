"""Describe, List and Delete, which are the same for every kind of resource, and tags."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, cast

from botocore.session import get_session

from understudy.personalize.errors import invalid_token
from understudy.personalize.kinds import Kind
from understudy.personalize.registry import Registry
from understudy.personalize.resource import Resource
from understudy.wire.service import Handler, Params

if TYPE_CHECKING:
    from botocore.model import ListShape, ServiceModel, StructureShape

PAGING = frozenset({"nextToken", "maxResults"})
"""The parameters that say which page is wanted, and not of what."""
_DEFAULT_PAGE = 100


def page(entries: Sequence[Any], params: Params, *, of: str) -> tuple[Sequence[Any], str | None]:
    """Return the page of `entries` that a request asks for, and the token of the next, None after the last.

    Raises InvalidNextTokenException for a token that was not returned with a page of the same list: `of`
    names the operation, and the parameters beside those of paging say what it lists.
    """
    narrowed = sorted((key, value) for key, value in params.items() if key not in PAGING)
    label = hashlib.sha256(repr((of, narrowed)).encode()).hexdigest()[:16]
    start = _offset(params["nextToken"], label) if "nextToken" in params else 0
    end = start + params.get("maxResults", _DEFAULT_PAGE)
    following = base64.urlsafe_b64encode(f"{label}:{end}".encode()).decode()
    return entries[start:end], following if end < len(entries) else None


def _offset(token: str, label: str) -> int:
    try:
        found, _, offset = base64.urlsafe_b64decode(token).decode("ascii").partition(":")
    except ValueError as error:
        raise invalid_token() from error
    if found != label or not offset.isdecimal():
        raise invalid_token()
    return int(offset)


Extra = Callable[[Resource], Params]
"""Members of a Describe response that depend on other resources."""


@dataclass(frozen=True, slots=True)
class Readout:
    """Builds a kind's Describe, List and Delete from their shapes in the service model."""

    registry: Registry
    model: "ServiceModel"
    patience_s: float

    @classmethod
    def of(cls, registry: Registry, patience_s: float) -> Self:
        """Return a readout with botocore's service model; Describe waits so long for what is under way."""
        return cls(registry, get_session().get_service_model("personalize"), patience_s)

    def operations(self, kind: Kind, *, extra: Extra | None = None) -> Mapping[str, Handler]:
        """Return the Describe, List and, if the service has one, Delete of `kind`."""
        handlers = {
            f"Describe{kind.noun}": self._describe(kind, extra or (lambda _: {})),
            f"List{kind.noun}s": self._list(kind),
        }
        if f"Delete{kind.noun}" in self.model.operation_names:
            handlers[f"Delete{kind.noun}"] = self._delete(kind)
        return handlers

    async def list_tags(self, params: Params) -> Params:
        """Answer ListTagsForResource."""
        tags = self.registry.find_any(params["resourceArn"]).tags
        return {"tags": [{"tagKey": key, "tagValue": value} for key, value in tags.items()]}

    def _describe(self, kind: Kind, extra: Extra) -> Handler:
        answer = self._output(f"Describe{kind.noun}").members[kind.key]
        members = tuple(cast("StructureShape", answer).members)

        async def describe(params: Params) -> Params:
            if self.patience_s:
                await self.registry.finished([self.registry.get(kind, params[kind.arn_key])], self.patience_s)
            resource = self.registry.get(kind, params[kind.arn_key])
            return {kind.key: _members(members, {**_view(resource), **extra(resource)})}

        return describe

    def _list(self, kind: Kind) -> Handler:
        output = self._output(f"List{kind.noun}s")
        list_key = next(key for key in output.members if key != "nextToken")
        entries = cast("ListShape", output.members[list_key])
        members = tuple(cast("StructureShape", entries.member).members)

        async def list_page(params: Params) -> Params:
            links = [value for key, value in params.items() if key not in PAGING]
            found, token = page(self.registry.find(kind, links=links), params, of=kind.noun)
            answer: Params = {list_key: [_members(members, _view(each)) for each in found]}
            return answer if token is None else {**answer, "nextToken": token}

        return list_page

    def _delete(self, kind: Kind) -> Handler:
        async def delete(params: Params) -> Params:
            self.registry.delete(kind, params[kind.arn_key])
            return {}

        return delete

    def _output(self, operation: str) -> "StructureShape":
        return cast("StructureShape", self.model.operation_model(operation).output_shape)


def _members(names: Iterable[str], view: Params) -> Params:
    return {name: view[name] for name in names if view.get(name) is not None}


def _view(resource: Resource) -> Params:
    return {
        **resource.detail,
        resource.kind.arn_key: resource.arn,
        "status": resource.status,
        "creationDateTime": resource.created,
        "lastUpdatedDateTime": resource.updated,
        "failureReason": resource.failure_reason,
    }
