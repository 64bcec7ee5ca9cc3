"""JSON for people to read: what fits on a line is on one, and names that do not are side by side."""

import json
import textwrap

WIDTH = 120


def compact_json(value: object, indent: str = "") -> str:
    """Return JSON, its innermost objects and lists on a line each as far as they fit."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not value or not isinstance(value, dict | list):
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        members = (f"{inner}{json.dumps(key)}: {compact_json(each, inner)}" for key, each in value.items())
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if all(isinstance(each, str) and " " not in each for each in value):
        width = WIDTH - len(inner)
        lines = textwrap.wrap(line[1:-1], width, break_long_words=False, break_on_hyphens=False)
        return "[\n" + textwrap.indent("\n".join(lines), inner) + f"\n{indent}]"
    return "[\n" + ",\n".join(inner + compact_json(each, inner) for each in value) + f"\n{indent}]"
