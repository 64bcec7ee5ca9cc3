"""The exports of other programs, which `exports.toml` describes."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from fondly.ingest.domain.data import read_table
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.units import Units
from fondly.ingest.domain.formats.vocabulary import Header


@dataclass(frozen=True)
class Export:
    """The export of a program; `mapper` names the class that reads its rows, if fields are not just parts."""

    name: str
    kind: Kind
    signature: tuple[frozenset[str], ...]
    parts: Mapping[str, tuple[str, ...]]
    composed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mapper: str = ""
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

    def sources(self, positions: Mapping[str, int]) -> dict[str, list[int]]:
        """Return for each field the positions of the columns that it is made of."""
        names = {part: (part,) for part in positions if part in FIELDS[self.kind]} | dict(self.composed)
        found = {
            name: [positions[part] for part in parts if part in positions] for name, parts in names.items()
        }
        return {name: at for name, at in found.items() if at}


EXPORTS = TypeAdapter(tuple[Export, ...]).validate_python(read_table(__package__, "exports.toml")["export"])
