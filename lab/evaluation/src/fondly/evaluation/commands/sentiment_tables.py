"""The figures of sentiment."""

from collections.abc import Iterator

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.contracts.records import Sentiment
from fondly.evaluation.commands.columns import INTERVAL, bounds, figure
from fondly.evaluation.sentiment.challenge import ChallengeReport, WrongCase
from fondly.evaluation.sentiment.metrics import Correlation, Share
from fondly.evaluation.sentiment.ratings import RatingsReport
from fondly.evaluation.sentiment.report import SentimentReport

TOLD = {
    Sentiment.NEGATIVE: 'negative texts told "because you liked"',
    Sentiment.POSITIVE: "... positive texts",
}
Figure = tuple[str, str | None, str | None, int | str]
WRONG: Columns[WrongCase] = (
    Column("kind", lambda case: case.kind),
    Column("expected", lambda case: case.expected),
    Column("returned", lambda case: case.returned),
    Column("text", lambda case: case.text, fold=True),
)
KINDS: Columns[tuple[str, Share]] = (
    Column("kind", lambda row: row[0], lambda row: "bold" if row[0] == "all" else ""),
    Column("texts", lambda row: row[1].of, right=True),
    *figure("right", lambda row: _share(row[1]), lambda row: "bold" if row[0] == "all" else ""),
)
CORRELATIONS: Columns[tuple[str, Correlation]] = (
    Column("mean polarity and rating", lambda row: row[0]),
    Column("products", lambda row: row[1].pairs, right=True),
    *figure("Spearman's rho", lambda row: None if row[1].rho is None else (row[1].rho, row[1]), "bold"),
)


def labelled_sections(report: SentimentReport) -> Iterator[Shown]:
    """Yield what was scored, the figures, and which labels were returned for which."""
    drawn = f" of {report.readable_rows:,}" if report.rows < report.readable_rows else ""
    yield Line(f"{report.engine}: {report.rows:,}{drawn} rows", "bold")
    yield from (Line(_left_out(report)), GAP, _figures(report), GAP)
    columns: Columns[Sentiment] = (
        Column("label, returned as", lambda label: label.lower()),
        *(_returned(other, report) for other in Sentiment),
    )
    yield Table(columns, list(report.confusion))


def challenge_sections(report: ChallengeReport) -> Iterator[Shown]:
    """Yield the share that is right by kind, then every text that was not read right."""
    yield from (Line(f"{report.engine}: the challenge set", "bold"), GAP)
    yield Table(KINDS, [*sorted(report.kinds.items()), ("all", report.right)])
    if report.wrong:
        yield from (GAP, Table(WRONG, report.wrong))


def rating_sections(report: RatingsReport) -> Iterator[Shown]:
    """Yield each engine's correlation over all rated products and over those with enough texts."""
    yield Line(f"{report.texts:,} texts of {report.rated_products:,} rated products", "bold")
    rows: list[tuple[str, Correlation]] = []
    for name, found in report.engines.items():
        rows += [(name, found.all_products), ("... three texts or more", found.with_enough_texts)]
    yield from (GAP, Table(CORRELATIONS, rows))


def _left_out(report: SentimentReport) -> str:
    by_label = sum(report.unmapped_labels.values())
    errors = ", ".join(f"{error} {number:,}" for error, number in report.errors.items()) or "none"
    return f"left out: {report.bad_rows:,} bad rows, {by_label:,} by label; errors: {errors}"


def _figures(report: SentimentReport) -> Table[Figure]:
    columns: Columns[Figure] = (
        Column("figure", lambda row: row[0]),
        Column("", lambda row: row[1], lambda row: "bold" if row[3] else "", right=True),
        Column(INTERVAL, lambda row: row[2], right=True),
        Column("rows", lambda row: row[3], right=True),
    )
    return Table(columns, list(_rows(report)))


def _rows(report: SentimentReport) -> Iterator[Figure]:
    shares = report.intervals
    told = shares.told_liked
    for title, found in (
        ("accuracy: positive or negative, by score", shares.accuracy),
        ("label accuracy: all labels", shares.label_accuracy),
        *((title, told[label]) for label, title in TOLD.items() if label in told),
        ("texts too long, scored in chunks", shares.too_long),
    ):
        yield title, f"{found.share:.3f}" if found.of else None, bounds(found) if found.of else None, found.of
    yield "macro-F1", f"{report.macro_f1:.3f}", "", ""
    yield f"  over {', '.join(label.lower() for label in report.macro_f1_labels)}", "", "", ""
    yield "expected calibration error", f"{report.expected_calibration_error:.3f}", "", ""
    if report.reviews_per_cpu_second is not None:
        yield "texts per CPU second", f"{report.reviews_per_cpu_second:,.0f}", "", ""


def _returned(label: Sentiment, report: SentimentReport) -> Column[Sentiment]:
    """How many texts of each label were read as this one."""
    return Column(
        label.lower(),
        lambda row: report.confusion[row][label],
        lambda row: "bold" if row is label else "",
        right=True,
    )


def _share(found: Share) -> tuple[float, Share] | None:
    return (found.share, found) if found.of else None
