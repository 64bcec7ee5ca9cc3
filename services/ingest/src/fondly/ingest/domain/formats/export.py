"""The exports of other programs, which `exports.toml` describes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from pydantic import TypeAdapter

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.formats.vocabulary import Header

Role = Literal["product", "parent", "variant", "picture", "repriced", "other"]
MAX_NUMBERED = 6
"""So many columns of a part with a `#` in its name are read."""


@dataclass(frozen=True)
class Rules:
    """What is particular to an export; `exports.toml` explains each."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    nothing: frozenset[str] = frozenset()
    not_own: tuple[str, ...] = ()
    continues: bool = False
    family: str = ""
    keys: tuple[str, ...] = ()
    of_parent: tuple[str, ...] = ()
    inherited: tuple[str, ...] = ()
    options: str = ""
    on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    off: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: str = ""
    code: str = ""
    paths: str = ""
    level: str = " > "
    has_root: bool = False
    link: str = ""
    picture: str = ""
    split: str = "\n"
    pair: str = ""
    item: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Export:
    """The export of a program; `mapper` names the class that reads its rows, if fields are not just parts."""

    name: str
    kind: Kind
    signature: tuple[frozenset[str], ...]
    parts: Mapping[str, tuple[str, ...]]
    mapper: str = ""
    units: Units = field(default_factory=Units)
    rules: Rules = field(default_factory=Rules)
    unread: frozenset[str] = frozenset()
    hint: str = ""
    """What to do where the export has not all that its kind requires."""

    def matches(self, header: Header) -> bool:
        """Return whether a header is this export's."""
        names = set(header.loose)
        return all(not names.isdisjoint(alternatives) for alternatives in self.signature)

    def positions(self, header: Header) -> dict[str, int]:
        """Return where each part is; parts that the header lacks are left out."""
        where = {name: at for at, name in reversed(list(enumerate(header.loose)))}
        found = {part: [where[name] for name in names if name in where] for part, names in self.parts.items()}
        return {part: at[0] for part, at in found.items() if at}

    @cached_property
    def composed(self) -> Mapping[str, tuple[str, ...]]:
        """The fields that its mapper makes, and the parts that each is made of."""
        return _COMPOSED.get(self.mapper, {})

    def sources(self, positions: Mapping[str, int]) -> dict[str, list[int]]:
        """Return for each field the positions of the columns that it is made of."""
        names = {part: (part,) for part in positions if part in FIELDS[self.kind]} | dict(self.composed)
        found = {
            name: list(dict.fromkeys(positions[part] for part in parts if part in positions))
            for name, parts in names.items()
        }
        return {name: at for name, at in found.items() if at}


def _written_out(name: str) -> list[str]:
    """Return the names that one with a `#` stands for."""
    return [name.replace("#", str(at)) for at in range(1, MAX_NUMBERED + 1)] if "#" in name else [name]


def _parts(listed: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        each: [_written_out(name)[at] for name in names]
        for part, names in listed.items()
        for at, each in enumerate(_written_out(part))
    }


_TABLE = read_table(__package__, "exports.toml")
_COMPOSED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    mapper: {
        field: tuple(each for part in parts for each in _written_out(part)) for field, parts in made.items()
    }
    for mapper, made in _TABLE["composed"].items()
}
EXPORTS = TypeAdapter(tuple[Export, ...]).validate_python(
    [each | {"parts": _parts(each["parts"])} for each in _TABLE["export"]]
)
BESIDE: Mapping[Kind, frozenset[str]] = {
    Kind(kind): frozenset(names) for kind, names in _TABLE["beside"].items()
}
"""The fields that are read from columns which an export has beside its program's own."""
CONTINUES, UNTRACKED = (frozenset(_TABLE["stock"][name]) for name in ("continues", "untracked"))
"""What says that more is sold than there is, and that nobody counts how many there are."""
