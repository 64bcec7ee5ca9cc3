"""Resources as JSON, and back."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from understudy.personalize import kinds
from understudy.personalize.kinds import Kind, Status
from understudy.personalize.resource import Resource

_TIME = "$time"
_KINDS: Mapping[str, Kind] = {kind.noun: kind for kind in vars(kinds).values() if isinstance(kind, Kind)}


def as_json(content: object) -> str:
    """Return JSON in which times are objects with the one member `$time`."""
    return json.dumps(content, default=_time_as_json, ensure_ascii=False)


def from_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what `as_json` has written."""
    return json.loads(text, object_hook=_time_from_json)


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


def _time_as_json(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    raise TypeError(f"not JSON: {type(value).__name__}")


def _time_from_json(members: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    return datetime.fromisoformat(members[_TIME]) if set(members) == {_TIME} else members
