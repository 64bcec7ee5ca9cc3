"""Looks through the files of a run before they are read: what they are, and how their columns are to be read.

What a column means can depend on its last row: `1.299` is a thousand and more if another price is `49,95`. So
every file is read twice.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from fondly.contracts.ingest_report import Convention, FileReport, Question
from fondly.ingest.adapters.tables import ReadAs, Table
from fondly.ingest.domain.csv_records import CSVRecord
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.file_names import base_name
from fondly.ingest.domain.formats.deciding import (
    currency_questions,
    decide_columns,
    has_bare_prices,
    reads_of,
    seen_text,
    states_of,
)
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.flag_questions import FlagCandidate, candidates, judge
from fondly.ingest.domain.formats.layout import Layout
from fondly.ingest.domain.formats.mapping import FileMapping
from fondly.ingest.domain.formats.recognise import ALONE, recognise
from fondly.ingest.domain.pieces import missing_pieces, piece_of, tables
from fondly.ingest.domain.rows.reading import Reading
from fondly.ingest.domain.uploads import READING_ORDER
from fondly.ingest.domain.values import order_states
from fondly.ingest.domain.values.cell_counts import CellCounts
from fondly.ingest.domain.values.conventions import ColumnSurvey, Reads
from fondly.ingest.use_cases.source_files import ReadingRules, SourceFile, Watch, opened, watched

NAMED = 4
"""How many files a reason names."""


@dataclass(frozen=True)
class SurveyedFile:
    """A file of which is known how to read it."""

    source: SourceFile
    layout: Layout
    reading: Reading
    rows: int
    conventions: tuple[Convention, ...]
    table: tuple[str, ...]
    """The keys of the files that are read as one table with this one, in order."""
    questions: tuple[Question, ...] = ()
    """What its columns leave open; those of all files stop the run together."""
    has_bare_prices: bool = False
    """Some of its prices have no currency beside them: they are in the shop's, or what counts as that."""
    is_strict: bool = False
    """Some of its lines are neither UTF-8 nor look western: then none is read as if it were."""

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


class _Seen(NamedTuple):
    """What a first look at a file has shown."""

    layout: Layout
    rows: int
    read_as: ReadAs

    @property
    def encoding(self) -> Iterator[Convention]:
        """How a text that is not UTF-8 was read; lines that are left as they are tell it themselves."""
        found = self.read_as
        if found.encoding and not found.is_mixed:
            yield Convention(
                column="the whole file", reads=f"read as {found.encoding}", because=found.because
            )


def survey(sources: Sequence[SourceFile], rules: ReadingRules, watch: Watch) -> list[SurveyedFile]:
    """Look through the files, in reading order; `FileError` names the first that cannot be used."""
    found = [each for pieces in _by_table(sources) for each in _survey_table(pieces, rules, watch)]
    return sorted(found, key=lambda each: READING_ORDER.index(each.layout.kind))


def _by_table(sources: Sequence[SourceFile]) -> Iterator[list[SourceFile]]:
    """Divide files into tables; those that are said to be of different kinds are no pieces of one."""
    by_kind: dict[Kind | None, list[SourceFile]] = {}
    for each in sources:
        said = each.mapping.kind if each.mapping else None
        by_kind.setdefault(each.kind or said, []).append(each)
    for some in by_kind.values():
        for positions in tables([each.key for each in some]):
            yield [some[at] for at in positions]


def _survey_table(pieces: Sequence[SourceFile], rules: ReadingRules, watch: Watch) -> list[SurveyedFile]:
    """Survey the pieces of a table, which is one file as a rule: a column is decided by all its cells."""
    keys = tuple(each.key for each in pieces)
    if missing := missing_pieces(keys):
        raise FileError(f"found {_names(keys)}, expected {_names(missing)} as well")
    columns = _Columns({}, {}, defaultdict(CellCounts))
    seen = [_see_file(source, columns, rules, watch, is_piece=len(pieces) > 1) for source in pieces]
    first = seen[0].layout
    is_sure = any(piece and piece.sure for piece in map(piece_of, keys))
    if len({each.layout.kind for each in seen}) > 1 and not is_sure:
        return [each for source in pieces for each in _survey_table([source], rules, watch)]
    for source, (layout, *_) in zip(pieces, seen, strict=True):
        if (layout.format, layout.kind) != (first.format, first.kind):
            found, expected = f"{layout.format} ({layout.kind})", f"{first.format} ({first.kind})"
            raise FileError(
                f"{source.key}: found the columns of {found}, expected those of {expected} as in {keys[0]}"
            )
    decided = decide_columns([each.layout for each in seen], columns.surveys, rules.defaults)
    conventions = tuple(each.convention for each in decided.values() if each.convention is not None)
    default = ColumnSurvey(Reads.MONEY).decide(rules.defaults, column="")
    reading = Reading(decided, rules.links, default, order_states.meanings(columns.states))
    flags, questions = judge(keys[0], first.kind, [*columns.flags.values()])
    said = pieces[0].mapping or FileMapping()
    questions = [
        *questions,
        *currency_questions(first, said, columns.surveys, decided),
        *order_states.questions(columns.states, keys[0], first.columns),
    ]
    surveyed = [
        SurveyedFile(
            source,
            each.layout.flagged(flags),
            reading,
            each.rows,
            tuple(each.encoding),
            keys,
            has_bare_prices=has_bare_prices(first, columns.surveys),
            is_strict=each.read_as.is_mixed,
        )
        for source, each in zip(pieces, seen, strict=True)
    ]
    conventions = (*surveyed[0].conventions, *conventions)
    return [replace(surveyed[0], conventions=conventions, questions=tuple(questions)), *surveyed[1:]]


class _Columns(NamedTuple):
    """What is watched while the pieces of a table are looked through: columns by field, and by name."""

    surveys: dict[str, ColumnSurvey]
    flags: dict[str, FlagCandidate]
    states: defaultdict[str, CellCounts]


def _see_file(
    source: SourceFile, columns: _Columns, rules: ReadingRules, watch: Watch, *, is_piece: bool
) -> _Seen:
    """Show a file's cells to the surveys of its columns."""
    with opened(source, rules.max_bytes, watch) as table:
        layout = recognise(table.header(), file=source.key, mapping=source.mapping, promised=source.kind)
        _require_kind(layout, source.kind)
        for field, reads in reads_of(layout).items():
            survey_ = columns.surveys.setdefault(field, ColumnSurvey(reads))
            survey_.begin(base_name(source.key) if is_piece else "")
        flags = candidates(layout, source.mapping or FileMapping())
        for each in flags:
            columns.flags.setdefault(each.name, each)
        table.only(layout.used | {each.at for each in flags if each.at is not None})
        rows = _look(table, layout, columns, flags, watch)
        return _Seen(layout, rows, table.read_as)


def _names(keys: Sequence[str]) -> str:
    """Name some files."""
    names = [base_name(key) for key in keys]
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _require_kind(layout: Layout, promised: Kind | None) -> None:
    if promised is not None and layout.kind is not promised:
        found = f"found the columns of {layout.format} ({layout.kind}), expected those of {promised}"
        raise FileError(f"{found}: {ALONE}" if promised is Kind.COMBINED else found)


def _look(
    table: Table, layout: Layout, columns: _Columns, flags: Sequence[FlagCandidate], watch: Watch
) -> int:
    mapper, rows, has_currency = layout.start(), 0, "currency" in layout.columns
    looks = [(field, columns.surveys[field].see) for field in reads_of(layout)]
    of_fields = [(field, columns.states[field].see) for field in states_of(layout)]
    of_fields += [(each.sense.field, columns.flags[each.name].cells.see) for each in flags if each.at is None]
    others = [(each.at, columns.flags[each.name].cells.see) for each in flags if each.at is not None]
    for rows, record in enumerate(watched(table, watch), start=1):  # noqa: B007 - how many they are
        if not isinstance(record, CSVRecord) or not (found := mapper.map(record.cells)):
            continue
        for cells in found:
            for field, see in looks:
                see(seen_text(layout, field, cells) if has_currency else cells.get(field, ""), record.line)
            for field, count in of_fields:
                count(cells.get(field, ""))
        for at, count in others:
            count(record.cells[at])
    return rows
