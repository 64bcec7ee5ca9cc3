"""Looks through the files of a run before they are read: what they are, and how their columns are to be read.

What a column means can depend on its last row: `1.299` is a thousand and more if another price is `49,95`. So
every file is read twice.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from encore.contracts.ingest_report import Convention, FileReport
from encore.ingest.adapters.tables import Table, open_table
from encore.ingest.domain.csv_records import CSVRecord
from encore.ingest.domain.errors import FileError
from encore.ingest.domain.formats.fields import FIELDS, Kind
from encore.ingest.domain.formats.layout import Layout
from encore.ingest.domain.formats.mapping import FileMapping
from encore.ingest.domain.formats.recognise import ALONE, recognise
from encore.ingest.domain.rows.reading import Reading
from encore.ingest.domain.values.conventions import Chosen, ColumnSurvey, Decided, Defaults, Reads
from encore.ingest.domain.values.links import LinkPolicy

READING_ORDER = (Kind.COMBINED, Kind.PRODUCTS, Kind.CUSTOMERS, Kind.REVIEWS, Kind.ORDERS)
"""Reviews and orders refer to products and customers."""
ANY_PUBLIC_HOST = LinkPolicy()
RECORDS_PER_LOOK = 512

Watch = Callable[[int], None]
"""Told how many bytes have been read since it was told last; it may raise to stop the reading."""


@dataclass(frozen=True)
class SourceFile:
    """A file on disk and the key it was uploaded under.

    `kind` is what its name promises, None if it promises nothing; `mapping` is what a person wrote about it.
    """

    path: Path
    key: str
    kind: Kind | None = None
    mapping: FileMapping | None = None


@dataclass(frozen=True)
class ReadingRules:
    """What a shop sets about its files."""

    defaults: Defaults
    links: LinkPolicy = ANY_PUBLIC_HOST
    max_bytes: int = 4 * 1024**3
    """Of one file, both compressed and uncompressed."""


@dataclass(frozen=True)
class SurveyedFile:
    """A file of which is known how to read it."""

    source: SourceFile
    layout: Layout
    reading: Reading
    rows: int
    conventions: tuple[Convention, ...]

    @property
    def report(self) -> FileReport:
        """The file as it was understood."""
        return FileReport(
            file=self.source.key,
            format=self.layout.format,
            kind=self.layout.kind,
            rows=self.rows,
            columns=dict(self.layout.columns),
            ignored=self.layout.ignored,
            conventions=self.conventions,
        )


def survey(sources: Sequence[SourceFile], rules: ReadingRules, watch: Watch) -> list[SurveyedFile]:
    """Look through the files; return them in the order in which they are to be read.

    Raises `FileError` naming the first file that is not what its name promises, or no table.
    """
    found = [_survey_file(source, rules, watch) for source in sources]
    return sorted(found, key=lambda each: READING_ORDER.index(each.layout.kind))


@contextmanager
def opened(source: SourceFile, max_bytes: int, watch: Watch) -> Iterator[Table]:
    """Open a file's table; whatever is wrong with the file is said with its name."""
    try:
        sheet = source.mapping.sheet if source.mapping else None
        with open_table(source.path, max_bytes=max_bytes, check=lambda: watch(0), sheet=sheet) as table:
            yield table
    except FileError as error:
        raise FileError(f"{source.key}: {error}") from error


def _survey_file(source: SourceFile, rules: ReadingRules, watch: Watch) -> SurveyedFile:
    with opened(source, rules.max_bytes, watch) as table:
        layout = recognise(table.header(), file=source.key, mapping=source.mapping, promised=source.kind)
        _require_kind(layout, source.kind)
        surveys = _surveys(layout)
        table.only(layout.used)
        rows = _look(table, layout, surveys, watch)
    decided = _decided(layout, surveys, rules.defaults)
    conventions = tuple(each.convention for each in decided.values() if each.convention is not None)
    default = ColumnSurvey(Reads.MONEY).decide(rules.defaults, column="")
    return SurveyedFile(source, layout, Reading(decided, rules.links, default), rows, conventions)


def _require_kind(layout: Layout, promised: Kind | None) -> None:
    if promised is not None and layout.kind is not promised:
        found = f"found the columns of {layout.format} ({layout.kind}), expected those of {promised}"
        raise FileError(f"{found}: {ALONE}" if promised is Kind.COMBINED else found)


def _surveys(layout: Layout) -> dict[str, ColumnSurvey]:
    reads = {field: FIELDS[layout.kind][field].reads for field in layout.columns}
    return {field: ColumnSurvey(Reads(each)) for field, each in reads.items() if each is not None}


def _look(table: Table, layout: Layout, surveys: Mapping[str, ColumnSurvey], watch: Watch) -> int:
    mapper, rows, seen = layout.start(), 0, 0
    looks = [(field, each.see) for field, each in surveys.items()]
    for record in table:
        rows += 1
        if not rows % RECORDS_PER_LOOK:
            watch(table.bytes_read - seen)
            seen = table.bytes_read
        if not isinstance(record, CSVRecord) or (cells := mapper.map(record.cells)) is None:
            continue
        for field, see in looks:
            see(cells.get(field, ""), record.line)
    watch(table.bytes_read - seen)
    return rows


def _decided(layout: Layout, surveys: Mapping[str, ColumnSurvey], defaults: Defaults) -> dict[str, Decided]:
    fields = FIELDS[layout.kind]
    return {
        field: each.decide(
            defaults,
            column=layout.columns[field],
            chosen=_chosen(layout, field),
            kin=[
                surveys[kin] for kin in surveys if kin != field and fields[kin].reads == fields[field].reads
            ],
        )
        for field, each in surveys.items()
    }


def _chosen(layout: Layout, field: str) -> Chosen | None:
    units = layout.chosen.get(field)
    return (
        None if units is None else Chosen(decimal=units.decimal, dates=units.dates, currency=units.currency)
    )
