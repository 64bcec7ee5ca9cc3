"""Resources as JSON, and back."""

from collections.abc import Mapping

from understudy.personalize import kinds
from understudy.personalize.kinds import Kind, Status
from understudy.personalize.resource import Resource
from understudy.stored_json import as_json, from_json

_KINDS: Mapping[str, Kind] = {kind.noun: kind for kind in vars(kinds).values() if isinstance(kind, Kind)}


def resource_as_json(resource: Resource) -> str:
    """Return everything about a resource."""
    return as_json(
        {
            "kind": resource.kind.noun,
            "arn": resource.arn,
            "detail": resource.detail,
            "links": sorted(resource.links),
            "status": resource.status,
            "created": resource.created,
            "updated": resource.updated,
            "tags": resource.tags,
            "failure_reason": resource.failure_reason,
        }
    )


def resource_from_json(text: str) -> Resource:
    """Return the resource that was described."""
    stored = from_json(text)
    return Resource(
        kind=_KINDS[stored["kind"]],
        arn=stored["arn"],
        detail=stored["detail"],
        links=frozenset(stored["links"]),
        status=None if stored["status"] is None else Status(stored["status"]),
        created=stored["created"],
        updated=stored["updated"],
        tags=stored["tags"],
        failure_reason=stored["failure_reason"],
    )
