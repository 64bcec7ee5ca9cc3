"""A case of the corpus: odd files, and what a careful owner of the shop wants to come of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Facts = Mapping[str, object]
"""Attributes of a record with the values that they must have; others are not looked at."""
Records = Mapping[str, Facts]
"""The facts of records by id: exactly these must have been published."""
FILE = "shop.csv"


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A row or value that must have been refused, by the place that its reject names.

    A `column` of None is not looked at. Its message must show `found` and say what is expected.
    """

    line: int
    column: str | None = None
    found: str = ""
    file: str = FILE


@dataclass(frozen=True, kw_only=True)
class Read:
    """The files are read: what is published, and what is refused besides; nothing else may be."""

    products: Records = field(default_factory=dict)
    customers: Records = field(default_factory=dict)
    reviews: Records = field(default_factory=dict)
    purchases: Records = field(default_factory=dict)
    """By the order's id, a space, and the product's id."""
    refused: tuple[Refused, ...] = ()
    may_refuse: tuple[Refused, ...] = ()
    """What may be refused or passed over without a word, for there is nothing in it."""


@dataclass(frozen=True, kw_only=True)
class Failed:
    """The run fails before anything is published; its reason names the file and has these words."""

    words: tuple[str, ...]
    file: str = FILE


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Nothing happens: the set is not complete."""


Allowed = Read | Failed | Waiting


@dataclass(frozen=True)
class Case:
    """Files by name, in the order in which they arrive, and the outcomes of which one must come.

    If they come `together`, all of them are there when the first is noticed, for the service waits a little
    for further files of a set.
    """

    name: str
    files: Mapping[str, bytes] = field(repr=False)
    allowed: tuple[Allowed, ...]
    together: bool = False


def case(name: str, content: bytes, *allowed: Allowed, file: str = FILE) -> Case:
    """Return a case of one file."""
    return Case(name, {file: content}, allowed)
