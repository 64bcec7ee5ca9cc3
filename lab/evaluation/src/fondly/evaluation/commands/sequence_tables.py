"""The figures on sequences."""

from collections.abc import Iterator, Mapping

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.evaluation.sequences.report import Figures, SequenceReport

ACCURACY = ("recall@5", "ndcg@5", "recall@10", "ndcg@10", "coverage@5")
OURS = "Fondly"
Row = tuple[str, Figures]


def sequence_sections(report: SequenceReport, beside: Mapping[str, Figures]) -> Iterator[Shown]:
    """Yield a row for the engine and each baseline, and what they are about."""
    columns: Columns[Row] = (
        Column("", lambda row: row[0], lambda row: "bold" if row[0] == OURS else ""),
        *map(_accuracy, ACCURACY),
        Column("fit s", lambda row: f"{row[1].fit_seconds:,.1f}", right=True),
        Column("score s", lambda row: f"{row[1].score_seconds:,.1f}", right=True),
    )
    yield from (Table(columns, [(OURS, report), *beside.items()]), GAP)
    yield Line(f"{report.users:,} users, {report.items:,} items, {report.peak_rss_mb:,.0f} MB", wraps=True)


def _accuracy(name: str) -> Column[Row]:
    return Column(name, lambda row: f"{row[1].model_dump()[name]:.4f}", right=True)
