"""Rows and values of an upload that could not be used: a line each in `rejects.jsonl`, and their reasons."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from fondly.contracts.ingest_report import RejectReason
from fondly.ingest.domain.errors import FileError, RowError, quoted

MAX_RAW_CHARS = 4096
MAX_REASONS = 1_000
"""Bounds the memory that reasons take; further ones are counted together."""
NAMED_REASONS = 3
FEW_ROWS = 2
"""Rejected rows that never fail a run: they say nothing about a file."""
RejectKind = Literal["row", "value"]


class Reject(BaseModel):
    """A rejected row, or a rejected optional value of a row that was kept.

    `line` is the physical line on which the row starts (the header is usually line 1), `column` the file's
    own name of the column, None if it is about the whole row. `reason` says in one line what was `found` and
    what is `expected`.
    """

    model_config = ConfigDict(frozen=True)
    kind: RejectKind
    file: str
    line: int
    column: str | None = None
    reason: str
    expected: str
    found: str | None = None
    raw: str

    @classmethod
    def of(
        cls, error: RowError, kind: RejectKind, *, file: str, line: int, column: str | None, raw: bytes
    ) -> Self:
        """Return what an error of a row or value says; of `raw` a few KB, undecodable bytes replaced."""
        return cls(
            kind=kind,
            file=file,
            line=line,
            column=column,
            reason=str(error),
            expected=error.expected,
            found=error.found,
            raw=raw[:MAX_RAW_CHARS].decode(errors="replace").rstrip("\r\n"),
        )

    @property
    def text(self) -> str:
        """The line of it in `rejects.jsonl`."""
        return json.dumps(self.model_dump(exclude_none=True), ensure_ascii=False) + "\n"


_Key = tuple[str, str, str | None, str]
"""File, kind, column, and what is expected."""


class RejectTally:
    """Counts the rejects of each file by reason and keeps the first of each as an example."""

    def __init__(self) -> None:
        self._first: dict[_Key, Reject] = {}
        self._counts: Counter[_Key] = Counter()

    def add(self, reject: Reject) -> None:
        """Count one reject."""
        key = (reject.file, reject.kind, reject.column, reject.expected)
        if key not in self._first and len(self._first) >= MAX_REASONS:
            key = (reject.file, reject.kind, None, "a value that can be used, for other reasons")
        self._first.setdefault(key, reject)
        self._counts[key] += 1

    def reasons(self, *, kind: str | None = None, files: Collection[str] | None = None) -> list[RejectReason]:
        """Return the reasons, the most frequent first; only those of one kind, or of some files."""
        found = [_reason(self._first[key], count) for key, count in self._counts.most_common()]
        return [each for each in found if kind in {None, each.kind} and (files is None or each.file in files)]


def _reason(first: Reject, count: int) -> RejectReason:
    return RejectReason(
        kind=first.kind,
        column=first.column,
        expected=first.expected,
        count=count,
        file=first.file,
        line=first.line,
        found=first.found if first.found is not None else quoted(first.raw),
    )


def require_usable(rows: int, rejected: int, reasons: Sequence[RejectReason], *, max_share: float) -> None:
    """Raise `FileError` if too many of a file's rows were rejected, naming the commonest reasons."""
    if not rows:
        raise FileError("found a header without rows, expected at least one row")
    if rejected == rows:
        raise FileError(f"no usable row: all {_rows(rows)} were rejected: {_named(reasons)}")
    if rejected > FEW_ROWS and rejected > rows * max_share:
        found = f"{rejected:,} of {_rows(rows)} were rejected ({rejected / rows:.1%})"
        raise FileError(f"{found}, expected at most {max_share:.1%}: {_named(reasons)}")


def _named(reasons: Sequence[RejectReason]) -> str:
    return "; ".join(_described(reasons)) + " (all of them are in rejects.jsonl)"


def _described(reasons: Sequence[RejectReason]) -> Iterator[str]:
    for each in reasons[:NAMED_REASONS]:
        column = f"{each.column}: " if each.column else ""
        yield f"{each.count:,}x {column}expected {each.expected} (line {each.line}: {each.found})"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
