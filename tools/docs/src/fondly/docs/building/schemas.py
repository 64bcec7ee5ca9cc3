"""Tables in Markdown, and JSON Schema in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]
LIMITS = {"minimum": "from", "maximum": "to", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table in Markdown, or nothing for no rows; line breaks within cells become spaces."""
    head, *lines = (f"| {' | '.join(map(_cell, line))} |" for line in (header, ["---"] * len(header), *rows))
    return "\n".join((head, *lines, "\n")) if lines[1:] else ""


def models(schemas: Mapping[str, Schema]) -> str:
    """Return a section for each schema, where links of `kind_of` lead."""
    return "".join(f"## {name}\n\n{model(each)}" for name, each in schemas.items())


def model(schema: Schema) -> str:
    """Return what an object is for, and its fields' types and meanings; of other schemas what they are."""
    fields = schema.get("properties", {})
    needed = schema.get("required", ())
    rows = (
        (f"`{name}`", kind_of(each) + ("" if name in needed else ", optional"), meaning_of(each))
        for name, each in fields.items()
    )
    shown = table(("field", "type", "meaning"), rows) if fields else f"{kind_of(schema)}\n\n"
    return f"{meaning_of(schema)}\n\n{shown}"


def kind_of(schema: Schema) -> str:
    """Return what a value is in a few words, with a link to the model if it is one."""
    if name := str(schema.get("$ref", "")).rpartition("/")[2]:
        return f"[{name}](#{name.lower()})"
    words = [kind_of(each) for union in ("anyOf", "oneOf", "allOf") for each in schema.get(union, ())]
    words += [f"`{each}`" for each in schema.get("enum", [schema["const"]] if "const" in schema else [])]
    if not words:
        inner = schema.get("items") or schema.get("additionalProperties")
        of = f" of {kind_of(inner)}" if isinstance(inner, Mapping) else ""
        words = [f"{schema.get('type', 'any')}{of}"]
    limits = (f"{word} {schema[name]}" for name, word in LIMITS.items() if name in schema)
    return ", ".join((" or ".join(dict.fromkeys(words)), *limits))


def meaning_of(schema: Schema) -> str:
    """Return a schema's own description, in one line."""
    return " ".join(schema.get("description", "").split())


def _cell(value: object) -> str:
    shown = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return " ".join(shown.split()).replace("|", "\\|")
