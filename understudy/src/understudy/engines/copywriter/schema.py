"""Fills a JSON schema with values that are valid by construction.

It knows the keywords that Bedrock's structured output accepts: types, `enum`, `const`, `anyOf`,
`properties`, `required`, `items`, `minItems` 0 or 1, `$ref` into the schema itself, `format`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}

_FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "P1D",
    "email": "someone@example.com",
    "hostname": "example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def fill(schema: Mapping[str, Any], hint: object = None) -> Any:  # noqa: ANN401 - as the schema says
    """Return a value that is valid against `schema`, taken from `hint` wherever that fits.

    The schema must not be recursive and must not contradict itself.
    """
    return _Filler(schema).value(schema, hint, "answer")


class _Filler:
    """Fills the parts of one schema; references are looked up from its root."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def value(self, schema: Mapping[str, Any] | bool, hint: object, name: str) -> object:  # noqa: FBT001 - `true` is a schema
        if isinstance(schema, bool):
            return hint
        if "$ref" in schema:
            return self.value(resolve(self._root, schema["$ref"]), hint, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            equal = (each for each in schema["enum"] if each == hint and type(each) is type(hint))
            return next(equal, schema["enum"][0])
        if "anyOf" in schema:
            return self.value(self._fitting(schema["anyOf"], hint), hint, name)
        return self._typed(schema, hint, name)

    def _fitting(self, options: Sequence[Mapping[str, Any]], hint: object) -> Mapping[str, Any]:
        matching = (each for each in options if _fits(self._kind(each, hint), hint))
        return next(matching, options[0])

    def _kind(self, schema: Mapping[str, Any], hint: object) -> str:
        """Return the type to produce; if there are several, the one that the hint has."""
        if "$ref" in schema:
            return self._kind(resolve(self._root, schema["$ref"]), hint)
        kinds = schema.get("type") or _implied(schema)
        if isinstance(kinds, str):
            return kinds
        return next((kind for kind in kinds if _fits(kind, hint)), str(kinds[0]))

    def _typed(self, schema: Mapping[str, Any], hint: object, name: str) -> object:
        kind = self._kind(schema, hint)
        fits = _fits(kind, hint)
        if kind == "object":
            return self._object(schema, hint if isinstance(hint, dict) else {})
        if kind == "array":
            return self._array(schema, hint if isinstance(hint, list) else [None], name)
        if kind == "string":
            return hint if fits and "format" not in schema else _text(schema, name)
        return hint if fits else {"integer": 1, "number": 1, "boolean": True}.get(kind)

    def _object(self, schema: Mapping[str, Any], hint: Mapping[str, object]) -> dict[str, object]:
        properties = schema.get("properties", {})
        return {name: self.value(part, hint.get(name), name) for name, part in properties.items()}

    def _array(self, schema: Mapping[str, Any], hint: list[Any], name: str) -> list[object]:
        entries = hint or [None] * schema.get("minItems", 0)
        return [self.value(schema.get("items", {}), each, name) for each in entries]


def resolve(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    """Return the part of a schema that a JSON pointer such as `#/$defs/line` refers to.

    Raises `LookupError` when it does not exist or lies outside the schema.
    """
    if not reference.startswith("#"):
        raise LookupError(reference)
    found: Any = root
    for step in reference[1:].split("/")[1:]:
        found = found[step.replace("~1", "/").replace("~0", "~")]
    if isinstance(found, dict):
        return found
    raise LookupError(reference)


def _fits(kind: str, hint: object) -> bool:
    """Return whether a value has a JSON type; booleans are numbers in Python but not in JSON."""
    return isinstance(hint, _TYPES[kind]) and (kind == "boolean" or not isinstance(hint, bool))


def _implied(schema: Mapping[str, Any]) -> str:
    if "properties" in schema:
        return "object"
    return "array" if "items" in schema else "string"


def _text(schema: Mapping[str, Any], name: str) -> str:
    """Return a sample of the schema's format, or else the property's name as words."""
    return _FORMATS.get(schema.get("format", "")) or name.replace("_", " ").capitalize()
