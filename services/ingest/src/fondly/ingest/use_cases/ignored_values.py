"""What stands in the columns that nothing reads, so that a person sees what is left out."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from fondly.ingest.domain.csv_records import CSVRecord
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.use_cases.load_files import LoadRules
from fondly.ingest.use_cases.source_files import opened
from fondly.ingest.use_cases.survey_files import SurveyedFile

LOOKED_AT = 200


@dataclass(frozen=True)
class Ignored:
    """A column that nothing reads; its values may be personal."""

    file: str
    kind: Kind
    column: str
    values: Counter[str]
    """How often each is in the first rows, in order of appearance; none for a column without any."""


def ignored_values(files: Sequence[SurveyedFile], rules: LoadRules) -> Iterator[Ignored]:
    """Yield every ignored column of the files, with its values in the first rows."""
    for file in files:
        names = {at: name for at, name in enumerate(file.layout.header) if name in file.layout.ignored}
        found = {name: Counter[str]() for name in names.values()}
        for cells in _first_rows(file, names, rules) if names else ():
            for at, name in names.items():
                found[name].update(filter(None, [cells[at].strip()]))
        for name, values in found.items():
            yield Ignored(file.source.key, file.layout.kind, name, values)


def _first_rows(file: SurveyedFile, columns: Collection[int], rules: LoadRules) -> Iterator[list[str]]:
    """Yield the cells of the first rows; none of a table that cannot be read, which its reading has told."""
    with suppress(FileError), opened(file.source, rules.reading.max_bytes, lambda _: None) as table:
        table.header()
        table.only(columns)
        yield from (row.cells for row in islice(table, LOOKED_AT) if isinstance(row, CSVRecord))
