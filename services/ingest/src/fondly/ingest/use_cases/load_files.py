"""Loads the files of a run into the scratch database."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TextIO

from fondly.contracts.counts import Counted
from fondly.contracts.ingest_report import IgnoredFile, IngestReport, Question
from fondly.ingest.adapters.merged import Merged
from fondly.ingest.adapters.scratch import Scratch
from fondly.ingest.adapters.tables import Found
from fondly.ingest.domain.cells import Row
from fondly.ingest.domain.csv_records import BrokenRecord
from fondly.ingest.domain.errors import FileError, QuestionsError, RowError
from fondly.ingest.domain.file_names import base_name
from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.domain.formats.flag_questions import NO_CONSENT
from fondly.ingest.domain.formats.mapper import RowMapper
from fondly.ingest.domain.formats.senses import CONSENT
from fondly.ingest.domain.limits import require_bounded
from fondly.ingest.domain.rejects import Reject, RejectKind, RejectTally, require_usable
from fondly.ingest.domain.rows.people import USUAL_EXCLUSION, ExclusionRules
from fondly.ingest.domain.uploads import missing_kinds
from fondly.ingest.use_cases.merge_rows import MergeRows
from fondly.ingest.use_cases.survey_files import (
    ReadingRules,
    SourceFile,
    SurveyedFile,
    Watch,
    opened,
    survey,
    watched,
)


class CancelledLoadError(Exception):
    """Loading was stopped because its message is no longer being handled."""


@dataclass(frozen=True, kw_only=True)
class LoadRules:
    """What a shop sets about its files and its customers, and which share of rows may be rejected, 0 to 1."""

    reading: ReadingRules
    exclusion: ExclusionRules = USUAL_EXCLUSION
    max_rejected_share: float = 0.05


@dataclass
class Findings:
    """What is found while files are read: complete, or as far as the reading got."""

    counts: Counter[str] = field(default_factory=Counter)
    tally: RejectTally = field(default_factory=RejectTally)
    files: list[SurveyedFile] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    merged: Merged | None = None
    consent_not_required: str = ""

    def report(self, *, ignored: Sequence[IgnoredFile] = (), failed: str | None = None) -> IngestReport:
        """Describe them."""
        rows = sum(each.rows for each in self.files)
        return IngestReport(
            files=tuple(each.report for each in self.files),
            ignored_files=tuple(ignored),
            counts=dict(self.counts),
            rejects=tuple(self.tally.reasons()),
            rejected_share=self.counts[Counted.REJECTED_ROWS] / rows if rows else 0.0,
            exclusions=self.merged.exclusions() if self.merged else {},
            questions=tuple(self.questions),
            consent_not_required=self.consent_not_required,
            failed=failed,
        )


@dataclass(frozen=True)
class LoadFiles:
    """Reads files into the scratch database, writes rejects to a file, and adds to `findings`."""

    scratch: Scratch
    rejects: TextIO
    findings: Findings
    rules: LoadRules
    watch: Watch = lambda _: None

    def load(self, sources: Sequence[SourceFile]) -> Merged:
        """Return what the files came to; `FileError` names the first that cannot be used.

        `QuestionsError` if something of any of them must be answered first: nothing has been paid by then.
        """
        findings, exclusion = self.findings, self.rules.exclusion
        findings.consent_not_required = exclusion.consent_not_required
        findings.files = survey(sources, self.rules.reading, self.watch)
        _require_complete({each.layout.kind for each in findings.files})
        findings.questions = [
            _placed(each) if len(findings.files) > 1 else each
            for file in findings.files
            for each in file.questions
        ]
        if not (exclusion.consent_not_required or self._asks_of_consent()):
            findings.questions.append(NO_CONSENT)
        if findings.questions:
            raise QuestionsError(findings.questions)
        merge = MergeRows(self.scratch, findings.counts, findings.files)
        for _, pieces in groupby(findings.files, key=lambda each: each.table):
            self._load_table(list(pieces), merge)
        findings.merged = self.scratch.close_input(exclusion)
        findings.counts.update(findings.merged.counts())
        require_bounded(findings.counts, records=findings.merged.records())
        return findings.merged

    def _asks_of_consent(self) -> bool:
        """Whether a column of any file says who has agreed, or may say so."""
        is_read = any(each.layout.says(CONSENT) for each in self.findings.files)
        return is_read or any(each.field == CONSENT for each in self.findings.questions)

    def _load_table(self, pieces: Sequence[SurveyedFile], merge: MergeRows) -> None:
        """Read the pieces of a table, one file as a rule; its rejected rows are judged as those of one."""
        before, rows, rejected = None, 0, 0
        for piece in pieces:
            goes_on = before is not None and before[0].header == piece.layout.header
            mapper = before[1] if before and goes_on else piece.layout.start()
            more, of_them = self._load_file(piece, merge, mapper)
            before, rows, rejected = (piece.layout, mapper), rows + more, rejected + of_them
        reasons = self.findings.tally.reasons(kind="row", files=pieces[0].table)
        try:
            require_usable(rows, rejected, reasons, max_share=self.rules.max_rejected_share)
        except FileError as error:
            raise FileError(f"{pieces[0].source.key}: {error}") from error

    def _load_file(self, surveyed: SurveyedFile, merge: MergeRows, mapper: RowMapper) -> tuple[int, int]:
        """Merge a file's rows; return how many there are, and how many of them were rejected."""
        source = surveyed.source
        with opened(source, self.rules.reading.max_bytes, self.watch, is_strict=surveyed.is_strict) as table:
            table.header()
            table.only(surveyed.layout.used)
            into, left_out = merge.reader(surveyed), mapper.left_out.total()
            rows = rejected = 0
            for rows, found in enumerate(watched(table, self.watch), start=1):  # noqa: B007 - how many they are
                rejected += not self._load_record(surveyed, mapper.map, into, found)
            self.findings.counts[Counted.ROWS_LEFT_OUT] += mapper.left_out.total() - left_out
        return rows, rejected

    def _load_record(
        self,
        surveyed: SurveyedFile,
        mapped: Callable[[Sequence[str]], dict[str, str] | None],
        into: Callable[[Row], None],
        found: Found,
    ) -> bool:
        """Merge one record; return False and write a reject if it cannot be used."""
        try:
            if isinstance(found, BrokenRecord):
                raise found.error(surveyed.layout.header)
            cells = mapped(found.cells)
            if cells is None:
                return True
            row = Row(cells)
            into(row)
        except RowError as error:
            self.findings.counts[Counted.REJECTED_ROWS] += 1
            self._reject(surveyed, found, "row", error)
            return False
        self.findings.counts[Counted.PRICES_ROUNDED] += row.rounded
        for note in row.notes:
            self.findings.counts[Counted.REJECTED_VALUES] += 1
            self._reject(surveyed, found, "value", note)
        return True

    def _reject(self, surveyed: SurveyedFile, found: Found, kind: RejectKind, error: RowError) -> None:
        file, field = surveyed.source.key, error.column
        column = field and surveyed.layout.columns.get(field, field)
        reject = Reject.of(error, kind, file=file, line=found.line, column=column, raw=found.raw)
        self.findings.tally.add(reject)
        self.rejects.write(reject.text)


def _placed(question: Question) -> Question:
    """Return a question about a file of a set, whose mapping says for which file an answer is."""
    remedy = f"under files: {base_name(question.file)}: {question.remedy}"
    return question.model_copy(update={"remedy": remedy})


def _require_complete(kinds: Collection[Kind]) -> None:
    if Kind.COMBINED not in kinds and (missing := missing_kinds(kinds)):
        found, expected = ", ".join(sorted(kinds)), " and ".join(missing)
        raise FileError(f"the set is incomplete: found {found}, expected {expected} as well")
