"""Errors of a whole file, a row or a value; `found` is a phrase such as `'ask us'`, `nothing`, `3 cells`."""

from collections.abc import Sequence
from typing import NamedTuple

from fondly.contracts.ingest_report import Question

NOT_UTF8 = "not UTF-8"
UTF8_HINT = (
    'save it as "CSV UTF-8 (comma delimited)" in Excel, export it with the encoding UTF-8, or say `encoding` '
    "in mapping.yaml"
)


class Fault(NamedTuple):
    """What was found, and what is expected: the same for faults of one kind, which are counted by it."""

    found: str
    expected: str


NOT_TEXT = "text in UTF-8, or its `encoding` in mapping.yaml"
UNCLOSED_QUOTE = Fault("a quote that is never closed", "a closing quote, and each quote within a text twice")
MISPLACED_QUOTE = Fault(
    "text behind a closing quote", "a separator behind a closing quote, and each quote within a text twice"
)
LONE_RETURN = Fault("a carriage return without a line feed", "quotes around a cell with a line break")
TOO_MANY_QUOTES = Fault(
    "a line break in quotes, in a file with too many quotes that are never closed",
    "a closing quote on the same line",
)
NUL = Fault("a NUL byte", "text without NUL bytes")


def wrong_width(cells: int, width: int) -> Fault:
    """Return that a row has another number of cells than the header."""
    return Fault(_number(cells, "cell"), f"{_number(width, 'cell')}, as in the header")


def beyond_header(column: int, width: int) -> Fault:
    """Return that a row of a workbook goes on where the header has ended; columns count from 1."""
    return Fault(f"a value in column {column:,}", f"at most {_number(width, 'column')}, as in the header")


def long_record(max_bytes: int) -> Fault:
    """Return that a row is longer than this."""
    return Fault(f"a row of more than {max_bytes:,} bytes", f"rows of at most {max_bytes:,} bytes")


def long_cell(max_chars: int) -> Fault:
    """Return that a cell is longer than this."""
    return Fault(
        f"a cell of more than {max_chars:,} characters", f"cells of at most {max_chars:,} characters"
    )


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


MAX_SHOWN_CHARS = 40
MAX_LISTED = 20
"""Questions of a text; the report has all."""
NOTHING = "nothing"


class FileError(Exception):
    """The file cannot be used; its run fails with this reason."""


class QuestionsError(FileError):
    """The files leave questions open; the text lists them all, so that one edit of a mapping answers them."""

    def __init__(self, questions: Sequence[Question]) -> None:
        said = (
            f"{each.file}: {each.text}: {each.remedy}" if each.file else f"{each.text}: {each.remedy}"
            for each in questions[:MAX_LISTED]
        )
        more = f"; and {len(questions) - MAX_LISTED} more" if len(questions) > MAX_LISTED else ""
        super().__init__(f"answer in mapping.yaml before a run: {'; '.join(said)}{more}")
        self.questions = tuple(questions)


class RowError(Exception):
    """One row cannot be used; `expected` is the same for all with one fault, so that they can be counted."""

    def __init__(self, expected: str, *, column: str | None = None, found: str | None = None) -> None:
        super().__init__(described(expected, found))
        self.expected = expected
        self.column = column
        self.found = found


class UnreadableError(ValueError):
    """One value cannot be read: give it as `value`, or describe it in `found` if it must not be shown."""

    def __init__(self, expected: str, value: str | None = None, *, found: str | None = None) -> None:
        self.expected = expected
        self.found = found if value is None else quoted(value)
        super().__init__(described(expected, self.found))


def described(expected: str, found: str | None) -> str:
    """Return what was found and what is expected in one line."""
    return f"expected {expected}" if found is None else f"found {found}, expected {expected}"


def quoted(value: str) -> str:
    """Return the beginning of a value in quotes, control characters escaped; `nothing` if it is blank."""
    return repr(glimpse(value)) if value.strip() else NOTHING


def glimpse(text: str) -> str:
    """Return the beginning of a text, enough to recognise it by."""
    return text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + "…"
