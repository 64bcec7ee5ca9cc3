"""What a file's columns mean."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from fondly.ingest.domain.errors import FileError, glimpse
from fondly.ingest.domain.formats.export import Export
from fondly.ingest.domain.formats.export_rows import MAPPERS
from fondly.ingest.domain.formats.fields import FIELDS, Kind
from fondly.ingest.domain.formats.flag_columns import FlagColumn, FlaggedMapper
from fondly.ingest.domain.formats.mapper import (
    CompletedMapper,
    DirectMapper,
    Known,
    RowMapper,
    Source,
    Step,
    set_digits,
    set_meanings,
    set_name,
    set_review_id,
    set_whole_amounts,
)
from fondly.ingest.domain.formats.mapping import SHOP_URL, FileMapping
from fondly.ingest.domain.formats.units import Units, applied
from fondly.ingest.domain.formats.vocabulary import Header


@dataclass(frozen=True)
class Layout:
    """How the rows of one file are read.

    `columns` names for each field the column it is read from, several joined by ` + `; `indexes` has the
    position of those that are read from one column as it is. `used` are the positions of all columns that
    are read or known not to be, `ignored` the names of those that are not, except those that the mapping
    ignores. `chosen` is what is set for fields, `constants` the fields that the mapping gives.
    """

    file: str
    format: str
    kind: Kind
    header: tuple[str, ...]
    columns: Mapping[str, str]
    indexes: Mapping[str, int]
    used: frozenset[int]
    ignored: tuple[str, ...]
    chosen: Mapping[str, Units]
    constants: Mapping[str, str]
    start: Callable[[], RowMapper] = field(repr=False, compare=False)
    """Returns a mapper for the rows of the file, from the first on."""

    def says(self, name: str) -> bool:
        """Return whether the file or its mapping gives a field."""
        return name in self.columns or name in self.constants

    def flagged(self, columns: Mapping[str, Sequence[FlagColumn]]) -> "Layout":
        """Return the layout that also reads these columns of its table, by field, as far as it has them."""
        own = {
            name: [each.of(self.header) for each in some if each.at is None or each.name in self.header]
            for name, some in columns.items()
        }
        own = {name: some for name, some in own.items() if some}
        added = {each.name: each.at for some in own.values() for each in some if each.at is not None}
        names = {name: " + ".join(each.name for each in some) for name, some in own.items()}
        return replace(
            self,
            columns={
                **self.columns,
                **{name: said for name, said in names.items() if name not in self.constants},
            },
            used=self.used | {*added.values()},
            ignored=tuple(name for name in self.ignored if name not in added),
            start=(lambda: FlaggedMapper(self.start(), self.kind, own)) if own else self.start,
        )


class UnrecognisedError(FileError):
    """A file lacks columns that it needs; `layout` is what is known of the others."""

    def __init__(self, message: str, layout: Layout) -> None:
        super().__init__(message)
        self.layout = layout


@dataclass(frozen=True)
class Draft:
    """A layout in the making: the header of a file, and what the mapping says of it."""

    file: str
    header: Header
    mapping: FileMapping
    ignored: Collection[int]

    @property
    def constants(self) -> dict[str, str]:
        """The fields that are the same in every row."""
        return {name: text for name, text in self.mapping.constants.items() if name != SHOP_URL}

    def table(self, format_: str, kind: Kind, found: Mapping[str, int]) -> Layout:
        """Return the layout of a file each of whose fields has a column."""
        sources = {name: [at] for name, at in found.items()}
        return self._layout(format_, kind, sources, direct=found, start=partial(DirectMapper, found))

    def exported(self, export: Export, mapped: Mapping[str, int]) -> Layout:
        """Return the layout of a program's export; mapped columns replace what its fields are read from."""
        over = [name for name in mapped if name in export.composed and name not in export.parts]
        positions = {**export.positions(self.header.without(self.ignored)), **mapped}
        sources = export.sources(positions) | {name: [at] for name, at in mapped.items()}
        direct = {
            name: at for name, at in positions.items() if name in {*sources} - {*export.composed} | {*over}
        }
        rows: Callable[[], RowMapper] = partial(DirectMapper, positions)
        if export.mapper:
            others = [name for name in positions if name not in export.parts and name not in export.composed]
            source = Source(export, positions, others, over, self.mapping.constants, Known())
            rows = partial(MAPPERS[export.mapper], source)
        return self._layout(
            export.name,
            export.kind,
            sources,
            direct=direct,
            start=rows,
            units=export.units,
            positions=positions,
            unread={at for at, name in enumerate(self.header.loose) if name in export.unread},
        )

    def _layout(
        self,
        format_: str,
        kind: Kind,
        sources: Mapping[str, list[int]],
        *,
        direct: Mapping[str, int],
        start: Callable[[], RowMapper],
        units: Units | None = None,
        positions: Mapping[str, int] | None = None,
        unread: Collection[int] = (),
    ) -> Layout:
        self._require_fields_of(kind)
        used = {at for each in sources.values() for at in each} | {*(positions or {}).values()}
        rest = [at for at in range(len(self.header.shown)) if at not in used and at not in self.ignored]
        steps = self._steps(kind, sources)
        return Layout(
            file=self.file,
            format=format_,
            kind=kind,
            header=self.header.shown,
            columns={
                name: " + ".join(self.header.shown[at] for at in each) for name, each in sources.items()
            },
            indexes=dict(direct),
            used=frozenset(used | {*unread}),
            ignored=tuple(self.header.shown[at] for at in rest if self.header.shown[at]),
            chosen=self._chosen(kind, units or Units()),
            constants=self.constants,
            start=(lambda: CompletedMapper(start(), steps)) if steps else start,
        )

    def _require_fields_of(self, kind: Kind) -> None:
        fields = FIELDS[kind]
        strange = [each for each in self.mapping.columns.items() if each[1] not in fields]
        if strange:
            column, named = strange[0]
            found = f"{glimpse(column)!r}, which mapping.yaml names {named}"
            raise FileError(f"line 1: found {found}, expected a field of {kind}: {', '.join(fields)}")

    def _steps(self, kind: Kind, sources: Collection[str]) -> list[Step]:
        constants = self.constants
        steps: list[Step] = [lambda row: row.update(constants)] if constants else []
        if self.mapping.values:
            steps.append(set_meanings(self.mapping.values))
        if cents := [name for name, field_ in FIELDS[kind].items() if self._is_in_cents(name, field_.reads)]:
            steps.append(set_whole_amounts(cents))
        if digits := {name: n for name, each in self.mapping.units.fields.items() if (n := each.digits)}:
            steps.append(set_digits(digits))
        if not {"first_name", "last_name"}.isdisjoint({*sources, *constants}):
            steps.append(set_name)
        if kind is Kind.REVIEWS and "review_id" not in {*sources, *constants}:
            steps.append(set_review_id)
        return steps

    def _is_in_cents(self, name: str, reads: str | None) -> bool:
        units = self.mapping.units
        return reads == "money" and units.of(name).prices_in == "cents"

    def _chosen(self, kind: Kind, units: Units) -> dict[str, Units]:
        said = {name: self.mapping.units.of(name).as_units() for name in FIELDS[kind]}
        for name, field_ in FIELDS[kind].items():
            if self._is_in_cents(name, field_.reads):
                said[name] = Units(decimal=".", currency=said[name].currency)
        return applied(kind, said, units)
