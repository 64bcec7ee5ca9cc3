"""What ingest read in a run's files, for the people who uploaded them: stored with the run and shown."""

from typing import Literal

from pydantic import Field

from fondly.contracts.records import Count, Exclusion, Record


class Convention(Record):
    """How an ambiguous column was read, and why; decided once for the whole column."""

    column: str
    """As the file names it."""
    reads: str
    """Such as "decimal comma" or "day before month"."""
    because: str
    """What decided it, such as "line 3: '49,95'" or "locale de_DE"."""


class FileReport(Record):
    """One file as it was understood."""

    file: str
    """Its key in the data bucket, or its path."""
    format: str
    """What it was recognised as, such as "Kaggle Amazon Sales" or "Shopify orders"."""
    kind: str
    """What its rows describe: combined, products, customers, reviews or orders."""
    rows: Count
    columns: dict[str, str] = Field(default_factory=dict)
    """The file's column by our field."""
    ignored: tuple[str, ...] = ()
    """Columns of the file that nothing reads."""
    conventions: tuple[Convention, ...] = ()


class IgnoredFile(Record):
    """A file of the set's folder that is no part of the set."""

    file: str
    reason: str


class RejectReason(Record):
    """A reason for which rows, or single values of rows that were kept, could not be used.

    `line` and `found` are those of its first occurrence; `found` is for people: a value in quotes such as
    `'ask us'`, `nothing`, or `3 cells`.
    """

    kind: Literal["row", "value"]
    column: str | None = None
    expected: str
    count: Count
    file: str
    line: Count
    found: str | None = None


class Question(Record):
    """What files leave open about who may be written to, or what may be recommended: a person answers."""

    file: str
    """As `FileReport.file`; empty if it is about the whole set."""
    column: str
    field: str
    """What the column may be."""
    values: dict[str, Count] = Field(default_factory=dict)
    """Its commonest values, most frequent first, at most 8; none of a column that may hold personal data."""
    text: str
    """Such as "is `gdpr_consent` consent? values: no 28, yes 2"."""
    remedy: str
    """What answers it, such as "columns: {gdpr_consent: marketing_consent}, or ignore: [gdpr_consent]"."""


class IngestReport(Record):
    """The whole upload. `rejects` are sorted by count, most first."""

    files: tuple[FileReport, ...] = ()
    ignored_files: tuple[IgnoredFile, ...] = ()
    counts: dict[str, Count] = Field(default_factory=dict)
    rejects: tuple[RejectReason, ...] = ()
    rejected_share: float = 0.0
    """Rejected rows of all rows, 0 to 1."""
    exclusions: dict[Exclusion, Count] = Field(default_factory=dict)
    """Customers who get no email, by cause."""
    consent_not_required: str = ""
    """Why customers of unknown consent are written to; empty where none of them is."""
    questions: tuple[Question, ...] = ()
    """What must be answered before a run of these files."""
    unmatched_rules: tuple[str, ...] = ()
    """Rules of the shop's files that match nothing, such as `mapping.yaml: files: orders.csv`."""
    failed: str | None = None
    """Why the run failed in ingest, if it did."""


class EventsReport(Record):
    """What became of an uploaded file of events. Nothing of it is used if it has `failed`."""

    file: str
    """Its key in the data bucket."""
    rows: Count
    events: Count = 0
    """The rows that can be used."""
    batches: Count = 0
    rejects: tuple[RejectReason, ...] = ()
    """Most frequent first; every one of them is in the folder's `rejects.jsonl`."""
    failed: str | None = None
