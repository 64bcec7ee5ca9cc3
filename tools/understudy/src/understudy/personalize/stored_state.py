"""The state of Personalize as JSON, and back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from understudy.personalize import kinds
from understudy.personalize.kinds import Kind, Status
from understudy.personalize.plan import DatasetSnapshot
from understudy.personalize.resource import Resource
from understudy.personalize.schemas import Field, Schema
from understudy.personalize.table_files import read_table
from understudy.personalize.tables import Table

FORMAT = 1
"""Changes when an older release could not read what a newer one has written."""
_TIME = "$time"
_KINDS: Mapping[str, Kind] = {kind.noun: kind for kind in vars(kinds).values() if isinstance(kind, Kind)}


@dataclass(frozen=True, slots=True)
class StoredState:
    """What a folder has: resources, imported data by dataset, and what versions are trained on."""

    resources: list[Resource]
    data: dict[str, Table]
    versions: dict[str, dict[str, DatasetSnapshot]]


def as_json(content: object) -> bytes:
    """Return JSON in which times are objects with the one member `$time`."""
    return json.dumps(content, default=_time_as_json).encode()


def _time_as_json(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_TIME: value.isoformat()}
    raise TypeError(f"not JSON: {type(value).__name__}")


def _time_from_json(members: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    return datetime.fromisoformat(members[_TIME]) if set(members) == {_TIME} else members


def described(resource: Resource) -> dict[str, Any]:
    """Return a resource as JSON has it."""
    return {
        "kind": resource.kind.noun,
        "arn": resource.arn,
        "detail": dict(resource.detail),
        "links": sorted(resource.links),
        "status": resource.status,
        "created": resource.created,
        "updated": resource.updated,
        "tags": dict(resource.tags),
        "failure_reason": resource.failure_reason,
    }


def read_state(path: Path) -> StoredState:
    """Read a folder in a thread; raise ValueError if another release has written it in another format."""
    content = json.loads(path.read_bytes(), object_hook=_time_from_json)
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']}, not {FORMAT}")
    tables = {name: read_table(path.parent / name) for name in set(_names(content))}
    return StoredState(
        [_resource(each) for each in content["resources"]],
        {arn: tables[name] for arn, name in content["data"].items()},
        {
            arn: {
                name: DatasetSnapshot(_schema(each["schema"]), tables[each["table"]])
                for name, each in datasets.items()
            }
            for arn, datasets in content["versions"].items()
        },
    )


def _names(content: Mapping[str, Any]) -> Iterator[str]:
    yield from content["data"].values()
    for datasets in content["versions"].values():
        yield from (each["table"] for each in datasets.values())


def _resource(stored: Mapping[str, Any]) -> Resource:
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


def _schema(stored: Mapping[str, Any]) -> Schema:
    return Schema(stored["name"], tuple(Field(**each) for each in stored["fields"]))
