"""Validation of output schemas: structured output accepts only part of JSON Schema."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator, SchemaError

from understudy.bedrock.errors import refused_by_model
from understudy.engines.copywriter.schema import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.wire.service import ServiceError

_KNOWN = frozenset({
    *("type", "enum", "const", "anyOf", "$ref", "$defs", "definitions", "properties", "required"),
    *("additionalProperties", "items", "minItems", "format", "default", "examples"),
    *("title", "description", "$schema", "$id", "$comment"),
})  # fmt: skip
_CACHED_SCHEMAS = 64


@lru_cache(maxsize=_CACHED_SCHEMAS)
def read_output_schema(text: str, *, strict: bool = True) -> Mapping[str, Any]:
    """Parse and validate an output schema; that of a tool is not `strict`.

    Raises `ServiceError` (ValidationException) if `text` is not JSON Schema, or uses what structured
    output refuses: recursion and, where strict, objects that allow other properties and bounds of any kind.
    """
    try:
        schema = json.loads(text)
        Draft202012Validator.check_schema(schema)
    except ValueError as error:
        raise _refusal(f"not valid JSON: {error}") from error
    except SchemaError as error:
        raise _refusal(error.message) from error
    if not isinstance(schema, dict):
        raise _refusal("the schema must be an object")
    _check(schema, schema, (), strict=strict)
    return schema


def _check(schema: object, root: Mapping[str, Any], references: tuple[str, ...], *, strict: bool) -> None:
    """Raise for the first refused keyword in the schema or its parts."""
    if not isinstance(schema, dict):
        raise _refusal("true and false are not supported as schemas")
    if strict:
        _check_object(schema)
        _check_keywords(schema)
    reference = schema.get("$ref")
    if reference is not None:
        if reference in references:
            raise _refusal("recursive schemas are not supported")
        _check(_resolve(root, reference), root, (*references, reference), strict=strict)
    for part in _parts(schema):
        _check(part, root, references, strict=strict)


def _check_object(schema: Mapping[str, Any]) -> None:
    is_object = "object" in _kinds(schema) or "properties" in schema
    if is_object and schema.get("additionalProperties") is not False:
        raise _refusal("For 'object' type, 'additionalProperties' must be explicitly set to false")
    if not set(schema.get("required", ())) <= set(schema.get("properties", {})):
        raise _refusal("'required' names a property that 'properties' does not")


def _check_keywords(schema: Mapping[str, Any]) -> None:
    kinds = _kinds(schema)
    refused = sorted(set(schema) - _KNOWN)
    if schema.get("minItems", 0) > 1:
        refused = [*refused, "minItems"]
    if refused:
        names = ", ".join(refused)
        raise _refusal(f"For '{kinds[0]}' type, properties {names} are not supported")


def _kinds(schema: Mapping[str, Any]) -> list[str]:
    kinds = schema.get("type", "any")
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _parts(schema: Mapping[str, Any]) -> Iterator[object]:
    for keyword in ("properties", "$defs", "definitions"):
        yield from schema.get(keyword, {}).values()
    yield from schema.get("anyOf", ())
    if "items" in schema:
        yield schema["items"]


def _resolve(root: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    try:
        return resolve(root, reference)
    except (LookupError, TypeError) as error:
        raise _refusal(f"$ref '{reference}' cannot be resolved") from error


def _refusal(reason: str) -> ServiceError:
    return refused_by_model(f"output_config.format.schema: {reason}")
