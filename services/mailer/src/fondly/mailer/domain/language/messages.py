"""One language's messages, written in Project Fluent's format (https://projectfluent.org)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from fluent.runtime import FluentBundle
from fluent.runtime.resolver import Message, Pattern
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

CACHED_TEXTS = 8_192
Value = str | int
"""A text as it is shown, or a number, which the language counts by and its locale formats."""


class MessageError(ValueError):
    """A message is missing or malformed, or was asked for without a value that it needs."""


@dataclass(frozen=True)
class Wording:
    """One of several texts of a message, and the variables that it needs."""

    message: str
    name: str
    variables: frozenset[str]


class Messages:
    """Texts by message id, for one locale of the language that `source` is written in."""

    def __init__(self, source: str, *, locale: str) -> None:
        """Read `source`; raise `MessageError` with the line of the first entry that cannot be read."""
        resource = FluentParser().parse(source)
        self._bundle = FluentBundle([locale], use_isolating=False)
        self._bundle.add_resource(resource)
        self._wordings = dict(_wordings(resource, source))
        self._text = lru_cache(maxsize=CACHED_TEXTS)(self._format)

    @property
    def ids(self) -> frozenset[str]:
        """Every message."""
        return frozenset(self._wordings)

    def variables(self, message: str) -> frozenset[str]:
        """Return the variables of all texts of a message."""
        return frozenset().union(*(wording.variables for wording in self._found(message)))

    def wordings(self, message: str) -> tuple[Wording, ...]:
        """Return the texts of a message that is worded in several ways, as the file orders them."""
        return tuple(wording for wording in self._found(message) if wording.name)

    def text(self, message: str, **values: Value) -> str:
        """Return the text of a message; raise `MessageError` if it is unknown or needs another value."""
        return self._text(message, "", tuple(sorted(values.items())))

    def worded(self, wording: Wording, **values: Value) -> str:
        """Return the text of one wording; values that it does not need are ignored."""
        needed = sorted((name, value) for name, value in values.items() if name in wording.variables)
        return self._text(wording.message, wording.name, tuple(needed))

    def _format(self, message: str, wording: str, values: tuple[tuple[str, Value], ...]) -> str:
        self._found(message)
        text, errors = self._bundle.format_pattern(
            self._pattern(self._bundle.get_message(message), wording, message), dict(values)
        )
        if errors:
            raise MessageError(f"message {message}: {errors[0]}")
        return str(text)

    def _found(self, message: str) -> tuple[Wording, ...]:
        if message not in self._wordings:
            raise MessageError(f"no message {message}")
        return self._wordings[message]

    @staticmethod
    def _pattern(entry: Message, wording: str, message: str) -> Pattern:
        pattern = entry.attributes.get(wording) if wording else entry.value
        if pattern is None:
            raise MessageError(f"message {message} has no text{f' {wording}' if wording else ''}")
        return pattern


class _Variables(Visitor):
    """Collects the variables of a pattern."""

    def __init__(self) -> None:
        self.names = set[str]()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - the visitor's name
        self.names.add(node.id.name)


def _wordings(resource: ast.Resource, source: str) -> Iterator[tuple[str, tuple[Wording, ...]]]:
    """Yield each message with its texts: its value, named "", and its attributes."""
    for entry in resource.body:
        if isinstance(entry, ast.Junk):
            start = entry.span.start if entry.span else 0
            raise MessageError(
                f"line {source.count(chr(10), 0, start) + 1}: not a message: {entry.content!r}"
            )
        if isinstance(entry, ast.Message):
            texts = [("", entry.value), *((each.id.name, each.value) for each in entry.attributes)]
            name = entry.id.name
            yield name, tuple(Wording(name, text, _needed(node)) for text, node in texts if node)


def _needed(node: ast.BaseNode) -> frozenset[str]:
    found = _Variables()
    found.visit(node)
    return frozenset(found.names)
