"""The JSON schema of Claude's request bodies, and how its violations are reported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jsonschema import ValidationError

_JSON_TYPES = {
    "object": "JSONObject",
    "array": "JSONArray",
    "string": "String",
    "integer": "Integer",
    "number": "Number",
    "boolean": "Boolean",
}

_PHRASES = {
    "minimum": "{instance} is not greater or equal to {allowed}",
    "maximum": "{instance} is not less or equal to {allowed}",
    "enum": "{instance} is not a valid enum value",
}
"""Phrases of the validator that Bedrock is known by, beside those of keys and types."""


def _object(required: Sequence[str] = (), **properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_STRING = {"type": "string"}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_BLOCKS = {
    "type": "array",
    "items": _object(
        ("type", "text"),
        type={"enum": ["text"]},
        text=_STRING,
        cache_control=_object(("type",), type={"enum": ["ephemeral"]}, ttl={"enum": ["5m", "1h"]}),
    ),
}
_BODY = _object(
    ("max_tokens", "messages"),
    anthropic_version=_STRING,
    anthropic_beta={"type": "array", "items": _STRING},
    max_tokens={"type": "integer", "minimum": 1},
    system=_BLOCKS,
    messages={
        "type": "array",
        "items": _object(("role", "content"), role={"enum": ["user", "assistant"]}, content=_BLOCKS),
    },
    temperature=_SHARE,
    top_p=_SHARE,
    top_k={"type": "integer", "minimum": 0},
    stop_sequences={"type": "array", "items": _STRING},
    metadata=_object(user_id=_STRING),
    output_config=_object(
        effort=_STRING,
        format=_object(("type", "schema"), type={"enum": ["json_schema"]}, schema={"type": "object"}),
    ),
)
_VALIDATOR = Draft202012Validator(_BODY)


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault of a body: the parts of its path, and its phrase in each of the two ways to report it."""

    path: tuple[str, ...]
    by_bedrock: str
    by_model: str

    def __str__(self) -> str:
        """Return it as the model's own API reports it: `max_tokens: Field required`."""
        return f"{'.'.join(self.path)}: {self.by_model}"


def malformed(violations: Sequence[Violation]) -> str:
    """Return the message with which Bedrock reports violations, or a body that is not JSON at all."""
    listed = "".join(each.by_bedrock for each in violations)
    return (
        f"Malformed input request{': ' if listed else ''}{listed}, please reformat your input and try again."
    )


def violations_of(body: Mapping[str, Any]) -> list[Violation]:
    """Return every fault of a body whose texts are lists of blocks."""
    errors = sorted(_VALIDATOR.iter_errors(body), key=lambda error: [str(each) for each in error.path])
    return list(dict.fromkeys(violation for error in errors for violation in _violations(error)))


def _violations(error: ValidationError) -> Iterator[Violation]:
    instance: Any = error.instance
    allowed: Any = error.validator_value
    path = tuple(map(str, error.path))
    where = "/".join(("#", *path))
    match error.validator:
        case "required":
            for name in sorted(set(allowed) - set(instance)):
                yield Violation((*path, name), f"{where}: required key [{name}] not found", "Field required")
        case "additionalProperties":
            for name in sorted(set(instance) - _known(error)):
                phrase = f"{where}: extraneous key [{name}] is not permitted"
                yield Violation((*path, name), phrase, "Extra inputs are not permitted")
        case "type":
            phrase = f"expected type: {_JSON_TYPES[allowed]}, found: {_json_type(instance)}"
            yield Violation(path, f"{where}: {phrase}", error.message)
        case keyword:
            phrase = _PHRASES[str(keyword)].format(instance=instance, allowed=allowed)
            yield Violation(path, f"{where}: {phrase}", error.message)


def _known(error: ValidationError) -> set[str]:
    schema: Any = error.schema
    return set(schema["properties"])


def _json_type(instance: object) -> str:
    return next((word for name, word in _JSON_TYPES.items() if _VALIDATOR.is_type(instance, name)), "Null")
