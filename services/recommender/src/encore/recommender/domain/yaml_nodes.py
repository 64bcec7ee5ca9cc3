"""A small YAML file that a person wrote, as nodes with line numbers.

Its text is untrusted: size and depth are bounded, and aliases are refused, since a few lines can stand
for billions of values.
"""

from collections.abc import Sequence
from typing import NamedTuple

import yaml

MAX_BYTES = 512 * 1024
MAX_DEPTH = 8
MAX_PROBLEMS = 20
MAX_SHOWN_CHARS = 60


class Problem(NamedTuple):
    """What is wrong with one line: what was found there, and what is expected."""

    line: int
    text: str


class InvalidFileError(ValueError):
    """A file cannot be used; the message names the file and every problem with its line."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        listed = [f"line {line}: {text}" for line, text in sorted(problems)[:MAX_PROBLEMS]]
        if more := len(problems) - len(listed):
            listed.append(f"and {more} more")
        super().__init__(f"{file}: {'; '.join(listed)}")


def read_yaml(body: bytes, *, file: str) -> yaml.Node | None:
    """Return the root node, None for an empty file; raise `InvalidFileError` if it is not such a file."""
    if len(body) > MAX_BYTES:
        raise InvalidFileError(file, [Problem(1, f"larger than the limit of {MAX_BYTES} bytes")])
    try:
        text = body.decode("utf-8-sig")
        if problem := _unsafe(text):
            raise InvalidFileError(file, [problem])
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except UnicodeDecodeError as error:
        found = f"found the byte {body[error.start]:#04x}, expected UTF-8"
        raise InvalidFileError(file, [Problem(_line(body[: error.start]), found)]) from error
    except yaml.YAMLError as error:
        raise InvalidFileError(file, [_not_yaml(error, text)]) from error


def shown(node: yaml.Node) -> str:
    """Describe a value that was found: a text in quotes, cut to a glimpse."""
    if is_empty(node):
        return "nothing"
    if isinstance(node, yaml.ScalarNode):
        return quoted(node.value)
    return "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"


def quoted(text: str) -> str:
    """Return a text in quotes, cut to a glimpse."""
    return repr(text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…")


def is_empty(node: yaml.Node) -> bool:
    """Return whether nothing stands where a value could be."""
    return bool(node.tag == "tag:yaml.org,2002:null")


def line_of(node: yaml.Node) -> int:
    """Return the line on which a node starts; the first is 1."""
    return int(node.start_mark.line) + 1


def _unsafe(text: str) -> Problem | None:
    """Look at the events alone, which takes neither recursion nor the copies that aliases stand for."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            return Problem(line, f"found the alias {quoted('*' + str(event.anchor))}, expected its values")
        if depth > MAX_DEPTH:
            return Problem(line, f"found values nested more than {MAX_DEPTH} deep")
    return None


def _not_yaml(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", "")
    line = mark.line + 1 if mark else _line(text[: getattr(error, "position", 0)].encode())
    return Problem(line, f"not valid YAML: {reason}")


def _line(before: bytes) -> int:
    return before.count(b"\n") + 1
