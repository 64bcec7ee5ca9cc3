"""The figures on sequences, for people."""

from collections.abc import Mapping

from rich.console import Console

from fondly.cli.tables import cell, table
from fondly.evaluation.sequences.report import Figures, SequenceReport
from fondly.operations.formatting import count

ACCURACY = ("recall@5", "ndcg@5", "recall@10", "ndcg@10", "coverage@5")
SECONDS = ("fit s", "score s")
OURS = "Fondly"


def show_sequences(report: SequenceReport, beside: Mapping[str, Figures], console: Console) -> None:
    """Print a row for the engine and each baseline, and what they are about."""
    shown = table("", *ACCURACY, *SECONDS, right=(*ACCURACY, *SECONDS))
    for name, figures in {OURS: report, **beside}.items():
        values = figures.model_dump()
        shown.add_row(
            cell(name, "bold" if name == OURS else ""),
            *(cell(f"{values[each]:.4f}") for each in ACCURACY),
            cell(f"{figures.fit_seconds:,.1f}"),
            cell(f"{figures.score_seconds:,.1f}"),
        )
    console.print(shown)
    console.print()
    about = f"{count(report.users)} users, {count(report.items)} items, {count(report.peak_rss_mb)} MB"
    console.print(cell(about))
