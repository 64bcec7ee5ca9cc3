"""What stands in the columns that nothing reads, so that a person sees what is left out."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from fondly.ingest.domain.csv_records import CSVRecord
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.use_cases.load_files import LoadRules
from fondly.ingest.use_cases.survey_files import SurveyedFile, opened

LOOKED_AT = 200


@dataclass(frozen=True)
class Ignored:
    """A column that nothing reads; its values may be personal."""

    file: str
    kind: Kind
    column: str
    values: Counter[str]
    """How often each is in the first rows, in order of appearance; none for a column without any."""


def ignored_values(files: Sequence[SurveyedFile], rules: LoadRules) -> list[Ignored]:
    """Return every ignored column of the files, with its values in the first rows."""
    return [each for file in files if file.layout.ignored for each in _of_file(file, rules)]


def _of_file(file: SurveyedFile, rules: LoadRules) -> Iterator[Ignored]:
    layout = file.layout
    names = {name: at for at, name in enumerate(layout.header) if name in layout.ignored}
    found = {name: Counter[str]() for name in layout.ignored}
    try:
        with opened(file.source, rules.reading.max_bytes, lambda _: None) as table:
            table.header()
            table.only(names.values())
            for row in islice(table, LOOKED_AT):
                if isinstance(row, CSVRecord):
                    cells = ((name, row.cells[at].strip()) for name, at in names.items())
                    for name, cell in cells:
                        found[name].update([cell] if cell else [])
    except FileError:
        pass  # its own reading has told; a column may hold no text
    for name, values in found.items():
        yield Ignored(file.source.key, layout.kind, name, values)
