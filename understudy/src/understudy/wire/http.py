"""Where the members of an operation's input are in a request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.datastructures import QueryParams

from understudy.wire.scalars import ShapeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import OperationModel, Shape, StructureShape

_BOUND_TO = frozenset({"body", "uri", "header", "querystring"})


@dataclass(frozen=True, slots=True)
class HttpInput:
    """A request: `labels` are the variable parts of its path, still encoded; header names are lower-case."""

    body: bytes
    labels: Mapping[str, str]
    headers: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member is: there, under which name, and of which type."""

    where: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Binding:
    """The members of a request that are outside of its body."""

    outside: Mapping[str, Place]
    """By member."""

    @classmethod
    def of(cls, shape: StructureShape | None) -> Binding:
        """Return the binding of an input shape."""
        members = shape.members if shape else {}
        places = {name: _place(member, name) for name, member in members.items()}
        return cls({name: place for name, place in places.items() if place.where != "body"})

    def read(self, request: HttpInput) -> dict[str, Any]:
        """Return the members of a request as JSON values; raise `ShapeError`."""
        found = _parse(request.body)
        for member, place in self.outside.items():
            values = _outside(request, place)
            if values and place.kind == "list":
                found[member] = values
            elif values:
                found[member] = _value(values[0], place.kind, member)
        return found


def check_form(operation: OperationModel) -> None:
    """Raise `NotImplementedError` for what is not in a JSON body, the path, headers or the query."""
    for shape in (operation.input_shape, operation.output_shape):
        places = {_place(member, "").where for member in shape.members.values()} if shape else set()
        if not places <= _BOUND_TO or (shape and "payload" in shape.serialization):
            raise NotImplementedError(f"{operation.name} has a body that is not JSON")


def _place(member: Shape, name: str) -> Place:
    where = member.serialization
    return Place(where.get("location", "body"), where.get("name", name), member.type_name)


def _outside(request: HttpInput, place: Place) -> list[str]:
    """The values of a member; only in the query may there be several."""
    if place.where == "uri":
        return [unquote(request.labels[place.name])]
    if place.where == "querystring" and isinstance(request.query, QueryParams):
        return request.query.getlist(place.name)
    source = request.headers if place.where == "header" else request.query
    found = source.get(place.name.lower() if place.where == "header" else place.name)
    return [] if found is None else [found]


def _value(text: str, kind: str, member: str) -> str | float:
    """A text as JSON has it: of times, the query has ISO 8601 and JSON seconds."""
    try:
        if kind in {"integer", "long"}:
            return int(text)
        return datetime.fromisoformat(text).timestamp() if kind == "timestamp" else text
    except ValueError as error:
        raise ShapeError(f"Expected {kind} at '{member}'") from error


def _no_json(constant: str) -> float:
    """Refuse `NaN` and `Infinity`, which Python reads and JSON does not have."""
    raise ValueError(constant)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}", parse_constant=_no_json)
    except (ValueError, RecursionError) as error:  # the latter for thousands of brackets
        raise ShapeError("The body is not JSON") from error
    if not isinstance(parsed, dict):
        raise ShapeError("The body is not a JSON object")
    return parsed
