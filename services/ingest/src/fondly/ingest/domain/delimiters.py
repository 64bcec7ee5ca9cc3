"""Recognises by its header which character separates the cells of a file."""

import csv
import re
from typing import NamedTuple

from fondly.ingest.domain.formats.names import loosened
from fondly.ingest.domain.formats.vocabulary import known_names

DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')


class Dialect(NamedTuple):
    """What separates the cells; `skipped_lines` is how many lines come before the header and only say so."""

    delimiter: str
    skipped_lines: int


def dialect_of(head: str) -> Dialect:
    """Return the dialect of a file that begins with `head`, which has at least the first line with a text.

    The delimiter is the one that yields the most names that are known, and among equals the one that the
    header has most of outside quotes. Excel's first line `sep=;` is obeyed.
    """
    lines = head.splitlines()
    at = next((number for number, line in enumerate(lines) if line.strip()), 0)
    line = lines[at] if lines else ""
    if told := _SEPARATOR_LINE.fullmatch(line):
        return Dialect(told[1], at + 1)
    bare = _QUOTED.sub("", line)
    return Dialect(max(DELIMITERS, key=lambda mark: (_known(line, mark), bare.count(mark))), 0)


def _known(line: str, delimiter: str) -> int:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return 0
    return len({name for name in map(loosened, cells) if name in known_names()})
