"""Tables in Markdown, and JSON Schema in words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
BOUNDS = {
    "exclusiveMinimum": "more than {}",
    "minimum": "at least {}",
    "exclusiveMaximum": "less than {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown, or nothing for no rows; line breaks within cells become spaces."""
    head, *lines = (f"| {' | '.join(map(_cell, line))} |" for line in (header, ["---"] * len(header), *rows))
    return "\n".join((head, *lines, "\n")) if lines[1:] else ""


def fields_table(schema: Schema) -> str:
    """Return the properties of an object, with their types and meanings."""
    required = schema.get("required", ())
    rows = (
        (f"`{name}`", kind_of(each) + ("" if name in required else ", optional"), meaning_of(each))
        for name, each in schema.get("properties", {}).items()
    )
    return table(("field", "type", "meaning"), rows)


def kind_of(schema: Schema) -> str:
    """Return what a value is in a few words; a name stands for a schema of that name on the same page."""
    return " ".join(dict.fromkeys(filter(None, (_basic_kind(schema), ", ".join(_bounds(schema))))))


def meaning_of(schema: Schema) -> str:
    """Return a property's own description, in one line."""
    return " ".join(schema.get("description", "").split())


def anchor(name: str) -> str:
    """Return what a link to a schema's heading names."""
    return re.sub(r"[^\w-]", "", name.lower())


def _basic_kind(schema: Schema) -> str:
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f"[{name}](#{anchor(name)})"
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            return " or ".join(dict.fromkeys(kind_of(each) for each in schema[union]))
    if "const" in schema or "enum" in schema:
        return " or ".join(f"`{each}`" for each in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {kind_of(schema['items'])}" if schema.get("items") else "list"
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return f"table of {kind_of(values)}"
    return " ".join(filter(None, (str(schema.get("type", "any")), str(schema.get("format", "")))))


def _bounds(schema: Schema) -> Iterator[str]:
    return (words.format(schema[name]) for name, words in BOUNDS.items() if name in schema)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
