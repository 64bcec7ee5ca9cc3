"""What ingest read in the upload, in plain words: rejects, conventions, and what it ignored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fondly.contracts.counts import LEFT_OUT
from fondly.contracts.ingest_report import IngestReport, RejectReason
from fondly.operations.formatting import count, printable

REASONS = 6
"""How many of the most frequent reasons are shown; `rejects.jsonl` has every reject."""
COLUMNS = 8
"""How many ignored columns of a file are named: programs export many that nothing needs."""


@dataclass(frozen=True, slots=True)
class RejectLine:
    """A reason why rows or values could not be used: how many, of which column, and the first one found."""

    number: str
    column: str
    expected: str
    first: str


def reject_lines(report: IngestReport) -> list[RejectLine]:
    """Return the most frequent reasons, most first."""
    several = len({each.file for each in report.rejects}) > 1
    return [_reject_line(each, several=several) for each in report.rejects[:REASONS]]


def more_reasons(report: IngestReport) -> int:
    """Return how many reasons `reject_lines` leaves out."""
    return max(0, len(report.rejects) - REASONS)


def convention_lines(report: IngestReport) -> list[str]:
    """Return how ambiguous columns were read: `price: decimal comma, because of line 3: '49,95'`."""
    several = len(report.files) > 1
    return [
        (f"{base_name(file.file)}, " if several else "")
        + f"{printable(each.column)}: {printable(each.reads)}, because of {printable(each.because)}"
        for file in report.files
        for each in file.conventions
    ]


def ignored_lines(report: IngestReport) -> list[str]:
    """Return which columns and files nothing reads, a line for each file."""
    several = len(report.files) > 1
    columns = (
        f"ignored columns{f' of {base_name(file.file)}' if several else ''}: {_named(file.ignored)}"
        for file in report.files
        if file.ignored
    )
    return [*columns, *ignored_files(report)]


def ignored_files(report: IngestReport) -> list[str]:
    """Return which files are no part of the set, a line each."""
    return [f"ignored file {base_name(each.file)}: {printable(each.reason)}" for each in report.ignored_files]


def consent_lines(report: IngestReport | None) -> list[str]:
    """Return that customers of unknown consent are written to, and why, in a line; none if they are not."""
    why = report.consent_not_required if report else ""
    return [f"consent: not required: {printable(why)}"] if why else []


def left_out_lines(report: IngestReport) -> list[str]:
    """Return how many rows were left out on purpose, by why, in a line; none if none were."""
    told = Counter(
        {name.removeprefix(LEFT_OUT): rows for name, rows in report.counts.items() if LEFT_OUT in name}
    )
    causes = ", ".join(f"{count(rows)} {printable(why)}" for why, rows in told.most_common() if rows)
    return [f"rows left out on purpose: {causes}"] if causes else []


def read_summary(report: IngestReport) -> list[str]:
    """Return in a few words what `reject_lines`, `convention_lines` and `ignored_lines` tell."""
    columns = sum(len(file.ignored) for file in report.files)
    conventions = sum(len(file.conventions) for file in report.files)
    numbers = (
        (len(report.rejects), "reason for rejects", "reasons for rejects"),
        (columns, "ignored column", "ignored columns"),
        (len(report.ignored_files), "ignored file", "ignored files"),
        (conventions, "column read by a convention", "columns read by a convention"),
    )
    return [f"{count(number)} {one if number == 1 else many}" for number, one, many in numbers if number]


def _named(columns: Sequence[str]) -> str:
    more = len(columns) - COLUMNS
    names = ", ".join(printable(each) for each in columns[:COLUMNS])
    return f"{names} and {count(more)} more" if more > 0 else names


def base_name(file: str) -> str:
    """Return a file's name without its folders: `shop.csv`."""
    return printable(PurePosixPath(file).name or file)


def _reject_line(reason: RejectReason, *, several: bool) -> RejectLine:
    where = f"{base_name(reason.file)}:{reason.line}" if several else f"line {reason.line}"
    found = "" if reason.found is None else f" {printable(reason.found)}"
    rows = "" if reason.kind == "row" else " values" if reason.count > 1 else " value"
    return RejectLine(
        number=f"{count(reason.count)}{rows}",
        column=printable(reason.column) if reason.column else "the row",
        expected=printable(reason.expected),
        first=f"{where}{found}",
    )
