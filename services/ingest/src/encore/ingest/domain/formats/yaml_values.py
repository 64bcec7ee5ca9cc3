"""A small YAML file that a person wrote, as texts, lists and mappings, with the line of each.

Its text is untrusted: size and depth are bounded, and aliases are refused, since a few lines can stand for
billions of values. Values are texts as written, so that `no` is not false and `007` is not 7.
"""

from typing import NamedTuple

import yaml

from encore.ingest.domain.errors import FileError, glimpse

MAX_CHARS = 512 * 1024
MAX_DEPTH = 8

Path = tuple[str | int, ...]
Value = str | None | list["Value"] | dict[str, "Value"]


class Document(NamedTuple):
    """What a file says; `lines` has the line, from 1, of every value by its path."""

    value: Value
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_document(text: str, *, file: str) -> Document:
    """Return what a YAML file says; `FileError` with its name and a line if it is not YAML, or unsafe."""
    if len(text) > MAX_CHARS:
        raise FileError(f"{file}: found {len(text)} characters, expected at most {MAX_CHARS}")
    try:
        _require_safe(text, file)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", "")
        raise FileError(f"{file}: line {mark.line + 1 if mark else 1}: not valid YAML: {reason}") from error
    lines: dict[Path, int] = {}
    return Document(None if root is None else _value(root, (), lines, file), lines)


def _require_safe(text: str, file: str) -> None:
    """Look at the events alone, which takes neither recursion nor the copies that aliases stand for."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise FileError(f"{file}: line {line}: found the alias '*{event.anchor}', expected its values")
        if depth > MAX_DEPTH:
            raise FileError(f"{file}: line {line}: found values nested more than {MAX_DEPTH} deep")


def _value(node: yaml.Node, path: Path, lines: dict[Path, int], file: str) -> Value:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, file)
    if isinstance(node, yaml.SequenceNode):
        return [_value(each, (*path, at), lines, file) for at, each in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], file: str) -> Value:
    found: dict[str, Value] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise FileError(f"{file}: line {line}: found a list or mapping as a key, expected a text")
        if key.value in found:
            first = lines[(*path, key.value)]
            raise FileError(f"{file}: line {line}: found {glimpse(key.value)!r} again, first on line {first}")
        found[key.value] = _value(value, (*path, key.value), lines, file)
        lines[(*path, key.value)] = line
    return found
