"""A small YAML file that a person wrote, as nodes with line numbers.

Its text is untrusted: size and depth are bounded, and aliases are refused, since a few lines can stand
for billions of values.
"""

from collections.abc import Sequence

import yaml

MAX_BYTES = 512 * 1024
MAX_DEPTH = 8
MAX_PROBLEMS = 20
MAX_SHOWN_CHARS = 60


Problem = tuple[int, str]
"""A line, and what is wrong with it: what was found there, and what is expected."""


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
        raise InvalidFileError(file, [(1, f"larger than the limit of {MAX_BYTES} bytes")])
    try:
        if problem := _unsafe(body):
            raise InvalidFileError(file, [problem])
        return yaml.compose(body, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark, reason = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = mark.line if mark else body[: getattr(error, "position", 0)].count(b"\n")
        found = f"not valid YAML in UTF-8: {reason or getattr(error, 'reason', '')}"
        raise InvalidFileError(file, [(line + 1, found)]) from error


def expected(what: str, node: yaml.Node) -> Problem:
    """Return the problem that something else was found where `what` is expected."""
    found = "a list" if isinstance(node, yaml.SequenceNode) else "a mapping"
    if isinstance(node, yaml.ScalarNode):
        found = repr(node.value[:MAX_SHOWN_CHARS]) if node.value else "nothing"
    return node.start_mark.line + 1, f"found {found}, expected {what}"


def _unsafe(body: bytes) -> Problem | None:
    """Look at the events alone, which takes neither recursion nor the copies that aliases stand for."""
    depth = 0
    for event in yaml.parse(body, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            return line, f"found the alias '*{event.anchor}', expected its values"
        if depth > MAX_DEPTH:
            return line, f"found values nested more than {MAX_DEPTH} deep"
    return None
