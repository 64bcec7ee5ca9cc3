"""Describes the exports of other programs, and how their cells are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.mapper import RowMapper
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.formats.vocabulary import Header

Positions = Mapping[str, int]
Constants = Mapping[str, str]


@dataclass(frozen=True)
class Export:
    """The export of a program.

    `signature` are sets of names, by letters and digits, of each of which its header has at least one.
    `parts` are the names of what is read, in order of preference; a part that is named like a field is that
    field unless `composed` names other parts that make it up. `mapper` gets the positions of the parts found
    and the mapping's constants; without one, each part is a field.
    """

    name: str
    kind: Kind
    signature: tuple[frozenset[str], ...]
    parts: Mapping[str, tuple[str, ...]]
    composed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mapper: Callable[[Positions, Constants], RowMapper] | None = None
    units: Units = field(default_factory=Units)

    def matches(self, header: Header) -> bool:
        """Return whether a header is this export's."""
        names = set(header.loose)
        return all(not names.isdisjoint(alternatives) for alternatives in self.signature)

    def positions(self, header: Header) -> dict[str, int]:
        """Return where each part is; parts that the header lacks are left out."""
        where = {name: at for at, name in reversed(list(enumerate(header.loose)))}
        found = {part: [where[name] for name in names if name in where] for part, names in self.parts.items()}
        return {part: at[0] for part, at in found.items() if at}

    def sources(self, positions: Positions) -> dict[str, list[int]]:
        """Return for each field the positions of the columns that it is made of."""
        names = {part: (part,) for part in positions if part in FIELDS[self.kind]} | dict(self.composed)
        found = {
            name: [positions[part] for part in parts if part in positions] for name, parts in names.items()
        }
        return {name: at for name, at in found.items() if at}


def sign(*alternatives: str) -> tuple[frozenset[str], ...]:
    """Return a signature: each text has names of which one must be there, separated by `|`."""
    return tuple(frozenset(each.split("|")) for each in alternatives)


class Cells:
    """The cells of one row by part; a part that the file lacks is empty."""

    def __init__(self, positions: Positions, cells: Sequence[str]) -> None:
        self._positions = positions
        self._cells = cells

    def __getitem__(self, part: str) -> str:
        at = self._positions.get(part)
        return "" if at is None else self._cells[at].strip()


def without_apostrophe(text: str) -> str:
    """Return a number without the apostrophe that Shopify writes before it for the sake of spreadsheets."""
    return text.removeprefix("'")
