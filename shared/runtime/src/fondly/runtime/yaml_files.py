"""A small YAML file that a person wrote, read as a model, with every problem told by its line.

Its text is untrusted: size and depth are bounded, and aliases are refused, since a few lines can stand for
billions of values. Values are texts as written, so that `no` is not false and `007` is not 7.
"""

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from fondly.contracts.errors import InvalidFileError

MAX_CHARS = 512 * 1024
MAX_DEPTH = 8
MAX_PROBLEMS = 10
MAX_SHOWN_CHARS = 40
_TYPES = {
    "a valid dictionary": "a mapping",
    "a valid string": "a text",
    "a valid tuple": "a list",
    "a valid boolean": "true or false",
    "a valid boolean, unable to interpret input": "true or false",
}
"""What pydantic calls the types of YAML."""
Path = tuple[str | int, ...]
Value = str | None | list["Value"] | dict[str, "Value"]


class Said(BaseModel):
    """A part of a file; a key with nothing after it is as if it were not there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_keys(cls, said: object) -> object:
        return (
            {key: each for key, each in said.items() if each is not None} if isinstance(said, dict) else said
        )


Model = TypeVar("Model", bound=Said)


class _Document(NamedTuple):
    """What a file says; `lines` has the line, from 1, of every value by its path."""

    value: Value
    lines: dict[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, kind: type[Model], *, file: str, keys: Collection[str]) -> Model:
    """Return what a file with such `keys` says; raise `InvalidFileError` with every problem's line."""
    document = _read(text, file)
    try:
        return kind.model_validate({} if document.value is None else document.value)
    except ValidationError as error:
        problems = [_problem(each, document, keys) for each in error.errors(include_url=False)]
        shown = sorted(problems)[:MAX_PROBLEMS]
        more = f"; and {len(problems) - len(shown)} more" if len(problems) > len(shown) else ""
        listed = "; ".join(f"line {line}: {said}" for line, said in shown)
        raise InvalidFileError(f"{file}: {listed}{more}") from error


def _read(text: str, file: str) -> _Document:
    if len(text) > MAX_CHARS:
        raise InvalidFileError(f"{file}: found {len(text)} characters, expected at most {MAX_CHARS}")
    try:
        _require_safe(text, file)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", "")
        line = mark.line if mark else text[: getattr(error, "position", 0)].count("\n")
        raise InvalidFileError(f"{file}: line {line + 1}: not valid YAML: {reason}") from error
    lines: dict[Path, int] = {}
    return _Document(None if root is None else _value(root, (), lines, file), lines)


def _require_safe(text: str, file: str) -> None:
    """Look at the events alone, which takes neither recursion nor the copies that aliases stand for."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        at = f"{file}: line {event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.AliasEvent):
            raise InvalidFileError(f"{at}: found the alias '*{event.anchor}', expected its values")
        if depth > MAX_DEPTH:
            raise InvalidFileError(f"{at}: found values nested more than {MAX_DEPTH} deep")


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
        at = f"{file}: line {key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            raise InvalidFileError(f"{at}: found a list or mapping as a key, expected a text")
        if key.value in found:
            first = lines[(*path, key.value)]
            raise InvalidFileError(f"{at}: found {_glimpse(key.value)!r} again, first on line {first}")
        found[key.value] = _value(value, (*path, key.value), lines, file)
        lines[(*path, key.value)] = key.start_mark.line + 1
    return found


def _problem(error: Mapping[str, Any], document: _Document, keys: Collection[str]) -> tuple[int, str]:
    """Return the line of an error that pydantic found, and what to say about it."""
    where = tuple(part for part in error["loc"] if part not in {"map", "list", "[key]"})
    key = ".".join(_glimpse(str(part)) for part in where)
    told = _told(error, where, keys)
    return document.line(where), f"{key}: {told}" if key else told


def _told(error: Mapping[str, Any], where: Path, keys: Collection[str]) -> str:
    if error["type"] == "extra_forbidden":
        return f"found the unknown key {_glimpse(str(where[-1]))!r}{_nearest_key(str(where[-1]), keys)}"
    reason = str(error["msg"]).removeprefix("Value error, ")
    return reason if reason.startswith("found ") else f"found {_shown(error['input'])}, {_expected(reason)}"


def _shown(found: object) -> str:
    if isinstance(found, str):
        return repr(_glimpse(found))
    return "nothing" if found is None else "a mapping" if isinstance(found, dict) else "a list"


def _nearest_key(key: str, keys: Collection[str]) -> str:
    near = difflib.get_close_matches(key, sorted(keys), n=1)
    return f"; the nearest is {near[0]}" if near else f", expected one of {', '.join(sorted(keys))}"


def _expected(reason: str) -> str:
    if reason.startswith("expected"):
        return reason
    bare = reason.removeprefix("Input should be ").removeprefix("String should ")
    bare = re.sub(r" or instance of \w+$", "", bare)
    return "expected " + _TYPES.get(bare, bare)


def _glimpse(text: str) -> str:
    """Return the beginning of a text, enough to recognise it by."""
    return text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…"
