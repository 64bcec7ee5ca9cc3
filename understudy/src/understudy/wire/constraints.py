"""The value constraints of a service model, with AWS's wording for violations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import Shape

Value = Any
"""Any value from JSON or a handler; this package checks its type."""

_SIZED = frozenset({"string", "blob", "list", "map"})

# Java's Unicode classes in the service models, and Python's nearest equivalents.
_JAVA_CLASSES = {
    r"\p{ASCII}": r"[\x00-\x7f]",
    r"\P{C}": r"[^\x00-\x1f\x7f-\x9f]",
    r"\p{L}": r"\w",
    r"\p{N}": r"\d",
    r"\p{Z}": " \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}


@dataclass(frozen=True)
class Constraint:
    """A rule for a value, and AWS's phrase for a violation."""

    holds: Callable[[Value], bool]
    phrase: str


def constraints_of(shape: Shape) -> tuple[Constraint, ...]:
    """Return the model's constraints on values of `shape`."""
    return (*_bounds(shape), *_pattern(shape), *_enum(shape))


def violated(constraints: tuple[Constraint, ...], value: Value) -> list[str]:
    """Return the phrases of the constraints that `value` violates."""
    return [rule.phrase for rule in constraints if not rule.holds(value)]


def _bounds(shape: Shape) -> Iterator[Constraint]:
    measure: Callable[[Value], float] = len if shape.type_name in _SIZED else float
    noun = "length" if shape.type_name in _SIZED else "value"
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None:
        phrase = f"Member must have {noun} greater than or equal to {low}"
        yield Constraint(lambda value: measure(value) >= low, phrase)
    if high is not None:
        phrase = f"Member must have {noun} less than or equal to {high}"
        yield Constraint(lambda value: measure(value) <= high, phrase)


def _pattern(shape: Shape) -> Iterator[Constraint]:
    pattern = shape.metadata.get("pattern")
    if pattern is not None:
        matches = re.compile(_as_python(pattern), _flags(pattern)).fullmatch
        phrase = f"Member must satisfy regular expression pattern: {pattern}"
        yield Constraint(lambda value: matches(value) is not None, phrase)


def _as_python(pattern: str) -> str:
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return pattern


def _flags(pattern: str) -> re.RegexFlag:
    r"""Java's `\d` and `\s` are ASCII's; its classes of Unicode are not."""
    return re.NOFLAG if r"\p{" in pattern else re.ASCII


def _enum(shape: Shape) -> Iterator[Constraint]:
    values = shape.metadata.get("enum")
    if values:
        allowed = frozenset(values)
        phrase = f"Member must satisfy enum value set: [{', '.join(values)}]"
        yield Constraint(lambda value: value in allowed, phrase)
