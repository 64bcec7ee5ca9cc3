"""Evaluates recommendations on published sequences."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import typer

from fondly.cli.answer import Answer
from fondly.cli.output import say
from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.evaluation.commands.recommendations import SequenceOptions
from fondly.evaluation.commands.start import evaluating
from fondly.evaluation.sequences import reading, report
from fondly.evaluation.sequences.baselines import MISSING, has_implicit
from fondly.evaluation.sequences.protocol import Protocol

ACCURACY = ("recall@5", "ndcg@5", "recall@10", "ndcg@10", "coverage@5")
OURS = "Fondly"
Row = tuple[str, report.Figures]


def measure_sequences(path: Path, options: SequenceOptions) -> Answer:
    """Measure our engine and, if wanted, baselines; wrong if a figure is below its floor."""
    least = _parsed(options.least or [], report.SequenceReport.figures())
    wanted = {**(report.floors_of(path) if options.floors else {}), **least}
    protocol = Protocol(options.protocol)
    with evaluating("reading") as announce:
        found = reading.read_sequences(path)
        labels = reading.read_attributes(options.attributes) if options.attributes else {}
        ours = report.evaluate_sequences(found, labels, protocol, announce)
        beside = report.evaluate_baselines(found, protocol, announce) if options.baselines else {}
    if found.left_out:
        say(f"users left out for having fewer than {reading.MIN_ITEMS} items: {found.left_out}")
    if options.baselines and not has_implicit():
        say(MISSING)
    figures = ours.model_dump(mode="json")
    more = {"baselines": {name: each.model_dump(mode="json") for name, each in beside.items()}}
    below = list(_below(figures, wanted))
    return Answer(
        figures | (more if options.baselines else {}),
        sequence_sections(ours, beside),
        below,
        is_wrong=bool(below),
    )


def _parsed(least: Sequence[str], figures: Sequence[str]) -> dict[str, float]:
    """Return floors by figure; raise `BadParameter` for one that is not FIGURE=LEAST, or not measured."""
    found = {}
    for each in least:
        name, _, value = each.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            raise typer.BadParameter(f"{each!r} is not FIGURE=LEAST, such as ndcg@10=.05") from None
        if name not in figures:
            raise typer.BadParameter(f"--min: {name!r} is not one of {', '.join(figures)}")
    return found


def _below(figures: Mapping[str, float], least: Mapping[str, float]) -> Iterator[str]:
    for name, floor in least.items():
        if figures[name] < floor:
            yield f"{name} is {figures[name]:.4f}, below {floor:g}"


def sequence_sections(ours: report.SequenceReport, beside: Mapping[str, report.Figures]) -> Iterator[Shown]:
    """Yield a row for the engine and each baseline, and what they are about."""
    columns: Columns[Row] = (
        Column("", lambda row: row[0], lambda row: "bold" if row[0] == OURS else ""),
        *map(_accuracy, ACCURACY),
        Column("fit s", lambda row: f"{row[1].fit_seconds:,.1f}", right=True),
        Column("score s", lambda row: f"{row[1].score_seconds:,.1f}", right=True),
    )
    yield from (Table(columns, [(OURS, ours), *beside.items()]), GAP)
    yield Line(f"{ours.users:,} users, {ours.items:,} items, {ours.peak_rss_mb:,.0f} MB", wraps=True)


def _accuracy(name: str) -> Column[Row]:
    return Column(name, lambda row: f"{row[1].model_dump()[name]:.4f}", right=True)
