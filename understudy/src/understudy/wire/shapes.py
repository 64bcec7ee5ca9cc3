"""Compiles the shapes of a service model into converters that also validate.

The compiler serves both directions: with `READ` it turns parsed JSON into botocore's Python types, with
`WRITE` a handler's response into JSON values. A value of the wrong type raises `ShapeError` at once; violated
constraints are collected, so that one answer names all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from understudy.wire.constraints import Value, constraints_of, violated
from understudy.wire.scalars import ScalarConverter, ShapeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import ListShape, MapShape, Shape, StructureShape

Problems = list[str]
Convert = Callable[[Value, str, Problems], Value]
"""Convert the value at a path, and append the constraints that it violates."""

_SCALARS = frozenset({"string", "integer", "long", "float", "double", "boolean", "timestamp", "blob"})


class ShapeCompiler:
    """Compiles each shape once; `scalars` has the converter of each scalar type."""

    def __init__(self, scalars: Mapping[str, ScalarConverter]) -> None:
        self._scalars = scalars
        self._compiled: dict[str, Convert] = {}

    def compile(self, shape: Shape) -> Convert:
        """Return the converter of `shape`, which may be recursive."""
        if shape.name not in self._compiled:
            self._compiled[shape.name] = self._deferred(shape.name)
            self._compiled[shape.name] = self._build(shape)
        return self._compiled[shape.name]

    def _deferred(self, name: str) -> Convert:
        """Return a converter that looks up its shape when called, for shapes that contain themselves."""

        def convert(value: Value, path: str, problems: Problems) -> Value:
            return self._compiled[name](value, path, problems)

        return convert

    def _build(self, shape: Shape) -> Convert:
        if shape.metadata.get("document"):
            return lambda value, _path, _problems: value
        if shape.type_name == "structure":
            return self._structure(cast("StructureShape", shape))
        if shape.type_name == "list":
            return self._list(cast("ListShape", shape))
        if shape.type_name == "map":
            return self._map(cast("MapShape", shape))
        return self._scalar(shape)

    def _scalar(self, shape: Shape) -> Convert:
        to_scalar, rules = self._scalars[shape.type_name], constraints_of(shape)
        quote = _quoter(shape)

        def convert(value: Value, path: str, problems: Problems) -> Value:
            converted = _scalar_value(to_scalar, value, path)
            measured = converted if isinstance(converted, bytes) else value
            problems.extend(_violation(quote(value), path, rule) for rule in violated(rules, measured))
            return converted

        return convert

    def _list(self, shape: ListShape) -> Convert:
        item, rules, quote = self.compile(shape.member), constraints_of(shape), _quoter(shape)
        holds_scalars = shape.member.type_name in _SCALARS

        def convert(value: Value, path: str, problems: Problems) -> list[Any]:
            if not isinstance(value, list | tuple):
                raise ShapeError(f"Expected list at '{path}'")
            problems.extend(_violation(quote(value), path, rule) for rule in violated(rules, value))
            inner: Problems = []
            converted = [item(each, _item_path(path, n), inner) for n, each in enumerate(value, 1)]
            if inner:
                problems.extend(_grouped(inner, quote(value), path) if holds_scalars else inner)
            return converted

        return convert

    def _map(self, shape: MapShape) -> Convert:
        key, item = self.compile(shape.key), self.compile(shape.value)
        rules, quote = constraints_of(shape), _quoter(shape)

        def convert(value: Value, path: str, problems: Problems) -> dict[Any, Any]:
            if not isinstance(value, dict):
                raise ShapeError(f"Expected map at '{path}'")
            problems.extend(_violation(quote(value), path, rule) for rule in violated(rules, value))
            return {
                key(name, f"{path}.key", problems): item(each, f"{path}.{name}.member", problems)
                for name, each in value.items()
            }

        return convert

    def _structure(self, shape: StructureShape) -> Convert:
        members = {name: self.compile(member) for name, member in shape.members.items()}
        paths = {name: name[0].lower() + name[1:] for name in members}
        required = tuple(shape.metadata.get("required", ()))
        union = bool(shape.metadata.get("union"))

        def convert(value: Value, path: str, problems: Problems) -> dict[str, Any]:
            if not isinstance(value, dict):
                raise ShapeError(f"Expected structure at '{path}'")
            prefix = f"{path}." if path else ""
            for name in required:
                if value.get(name) is None:
                    where = prefix + paths[name]
                    problems.append(_violation("Value null", where, "Member must not be null"))
            converted = {}
            for name, each in value.items():
                if name not in members:
                    raise ShapeError(f"Unknown member '{prefix}{name}'")
                if each is not None:
                    converted[name] = members[name](each, prefix + paths[name], problems)
            if union and len(converted) != 1:
                problems.append(_violation("Value", path, "Member must have exactly one member set"))
            return converted

        return convert


def _scalar_value(to_scalar: ScalarConverter, value: Value, path: str) -> Value:
    try:
        return to_scalar(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise ShapeError(f"{error} at '{path}'") from error


def _violation(value: str, path: str, phrase: str) -> str:
    return f"{value} at '{path}' failed to satisfy constraint: {phrase}"


def _grouped(inner: Problems, value: str, path: str) -> Problems:
    """Report violations in a list of scalars once each and at the list, as AWS does."""
    phrases = dict.fromkeys(problem.split("constraint: ", 1)[1] for problem in inner)
    return [_violation(value, path, f"Member must satisfy constraint: [{', '.join(phrases)}]")]


def _item_path(path: str, number: int) -> str:
    return f"{path}.{number}.member"


def _quoter(shape: Shape) -> Callable[[Any], str]:
    """Return how values are quoted in messages: those that the model marks sensitive are not."""
    member = getattr(shape, "member", None)
    if shape.metadata.get("sensitive") or (member and member.metadata.get("sensitive")):
        return lambda _value: "Value"
    if shape.type_name == "list":
        return lambda value: f"Value '[{', '.join(map(str, value))}]'"
    return lambda value: f"Value '{value}'"
