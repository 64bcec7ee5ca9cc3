"""The resources and jobs of all services, as their own List operations show them.

So the page knows nothing of how a service keeps what it has, and a new kind of resource is on it at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from botocore.model import ServiceModel

from understudy.wire.dialect import load_description
from understudy.wire.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from botocore.model import ListShape, OperationModel, StructureShape

    from understudy.wire.service import Handler, Params, Service

_NOT_RESOURCES = frozenset({"ListRecipes"})
"""What AWS has itself."""
_MAX_LIST_PAGES = 20
_WORD_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")

# What services call the same thing, by the lower-case name of the member.
_STATES = ("status", "jobstatus")
_BEGINNINGS = ("creationdatetime", "submittime")
_CHANGES = ("lastupdateddatetime", "lastmodifiedtime", "endtime")
_NAMES = ("name", "jobname")
_REASONS = ("failurereason", "message")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceState:
    """One resource: `changed` is when it got into its state, where the service says it."""

    name: str | None
    arn: str
    state: str | None
    created: datetime
    changed: datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKind:
    """All resources of a kind, the newest first; `problem` is why they cannot be listed."""

    title: str
    resources: Sequence[ResourceState]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceList:
    """A List operation of resources: what it lists, and the member of an entry that has its ARN."""

    title: str
    arn_member: str
    handler: Handler

    async def kind(self) -> ResourceKind:
        """Return what it lists now."""
        try:
            states = [self._state(entry) async for entry in self._entries()]
        except ServiceError as error:
            return ResourceKind(title=self.title, resources=(), problem=error.code)
        newest_first = sorted(states, key=lambda state: state.created, reverse=True)
        return ResourceKind(title=self.title, resources=newest_first)

    async def _entries(self) -> AsyncIterator[Params]:
        params: Params = {}
        for _ in range(_MAX_LIST_PAGES):
            answer = await self.handler(params)
            for value in answer.values():
                if isinstance(value, list):
                    for entry in value:
                        yield entry
            token = next((name for name in answer if name.lower() == "nexttoken"), None)
            if token is None:
                return
            params = {token: answer[token]}

    def _state(self, entry: Params) -> ResourceState:
        members = {name.lower(): value for name, value in entry.items()}
        created = _first(members, _BEGINNINGS)
        return ResourceState(
            name=_first(members, _NAMES),
            arn=entry[self.arn_member],
            state=_first(members, _STATES),
            created=created,
            changed=_first(members, _CHANGES) or created,
            reason=_first(members, _REASONS),
        )


def resource_lists(services: Iterable[Service]) -> list[ResourceList]:
    """Return the List operations of all resources that can be listed without naming another, by title."""
    found = (each for service in services for each in _lists(service))
    return sorted(found, key=lambda each: each.title)


def _lists(service: Service) -> Iterator[ResourceList]:
    model = ServiceModel(load_description(service.name), service.name)
    for name, handler in service.operations.items():
        if name.startswith("List") and name not in _NOT_RESOURCES:
            arn_member = _arn_member(model.operation_model(name))
            if arn_member is not None:
                yield ResourceList(_title(name), arn_member, handler)


def _arn_member(operation: OperationModel) -> str | None:
    """Return the member with the ARN of what an operation lists; None if it is no list of resources."""
    if operation.input_shape is None or operation.input_shape.required_members:
        return None
    output = cast("StructureShape", operation.output_shape)
    lists = [cast("ListShape", shape) for shape in output.members.values() if shape.type_name == "list"]
    members = [name for shape in lists for name in getattr(shape.member, "members", {})]
    if not any(name.lower() in _BEGINNINGS for name in members):
        return None
    return next((name for name in members if name.lower().endswith("arn")), None)


def _title(operation: str) -> str:
    words = _WORD_BREAK.sub(" ", operation.removeprefix("List"))
    return words[0] + words[1:].lower()


def _first(members: Mapping[str, Any], names: Iterable[str]) -> Any:  # noqa: ANN401 - of any type
    return next((members[name] for name in names if members.get(name) is not None), None)
