"""Where the members of an operation's input and output are in HTTP messages."""

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

    from botocore.model import Shape, StructureShape

    from understudy.wire.service import Params

_BOUND_TO = frozenset({"body", "uri", "header", "querystring"})


@dataclass(frozen=True, slots=True)
class HttpInput:
    """A request: `labels` are the variable parts of its path, still encoded; header names are lower-case."""

    body: bytes
    labels: Mapping[str, str]
    headers: Mapping[str, str]
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HttpOutput:
    """The content of a response, and its own content type if it has one."""

    content: bytes
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member is: there, under which name, and of which type."""

    where: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Binding:
    """The members of one structure: the one that is the whole body, and those outside of the body."""

    payload: str | None
    outside: Mapping[str, Place]
    """By member."""

    @classmethod
    def of(cls, shape: StructureShape | None, operation: str) -> Binding:
        """Return the binding of an input or output shape.

        Raises `NotImplementedError` for what is bound to anything but the body, the path, headers and the
        query, and for a body that is neither JSON nor plain bytes.
        """
        members = shape.members if shape else {}
        payload = shape.serialization.get("payload") if shape else None
        places = {name: _place(member, name) for name, member in members.items()}
        if not {place.where for place in places.values()} <= _BOUND_TO:
            raise NotImplementedError(f"{operation}: {places}")
        if payload is not None and members[payload].type_name != "blob":
            raise NotImplementedError(f"{operation}: a body of type {members[payload].type_name}")
        return cls(payload, {name: place for name, place in places.items() if place.where != "body"})

    def read(self, request: HttpInput) -> dict[str, Any]:
        """Return the members of a request as JSON values, without the payload; raise `ShapeError`."""
        found = {} if self.payload else _parse(request.body)
        for member, place in self.outside.items():
            values = _outside(request, place)
            if values and place.kind == "list":
                found[member] = values
            elif values:
                found[member] = _value(values[0], place.kind, member)
        return found

    def payload_of(self, request: HttpInput) -> Params:
        """Return the member that is the whole body, if there is one."""
        return {self.payload: request.body} if self.payload else {}

    def write(self, response: Params, wire: Mapping[str, Any]) -> HttpOutput:
        """Return an HTTP response; `wire` is the response as JSON values."""
        if self.payload is None:
            return HttpOutput(json.dumps(wire, separators=(",", ":"), allow_nan=False).encode())
        names = {place.name.lower(): member for member, place in self.outside.items()}
        return HttpOutput(response[self.payload], response.get(names.get("content-type", "")))


def _place(member: Shape, name: str) -> Place:
    where = member.serialization
    kind = "string" if where.get("timestampFormat") == "iso8601" else member.type_name
    return Place(where.get("location", "body"), where.get("name", name), kind)


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
