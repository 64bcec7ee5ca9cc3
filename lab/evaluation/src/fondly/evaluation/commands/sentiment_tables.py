"""The figures of sentiment, for people."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fondly.cli.tables import cell, table
from fondly.contracts.records import Sentiment
from fondly.evaluation.sentiment.challenge import ChallengeReport
from fondly.evaluation.sentiment.metrics import Correlation, Share
from fondly.evaluation.sentiment.ratings import RatingsReport
from fondly.evaluation.sentiment.report import SentimentReport
from fondly.operations.formatting import count

INTERVAL = "95 % interval"
TOLD = {
    Sentiment.NEGATIVE: 'negative texts told "because you liked"',
    Sentiment.POSITIVE: "... positive texts",
}


def show_labelled(report: SentimentReport, console: Console) -> None:
    """Print what was scored, the figures, and which labels were returned for which."""
    drawn = f" of {count(report.readable_rows)}" if report.rows < report.readable_rows else ""
    console.print(cell(f"{report.engine}: {count(report.rows)}{drawn} rows", "bold"), soft_wrap=True)
    console.print(cell(_left_out(report)), soft_wrap=True)
    console.print()
    console.print(_figures(report))
    console.print()
    console.print(_confusion(report))


def show_challenge(report: ChallengeReport, console: Console) -> None:
    """Print the share that is right by kind, then every text that was not read right."""
    names = ("texts", "right", INTERVAL)
    shown = table("kind", *names, right=names)
    for kind, found in sorted(report.kinds.items()):
        shown.add_row(cell(kind), cell(count(found.of)), *_share(found))
    shown.add_row(cell("all", "bold"), cell(count(report.right.of)), *_share(report.right, "bold"))
    console.print(cell(f"{report.engine}: the challenge set", "bold"))
    console.print()
    console.print(shown)
    if report.wrong:
        console.print()
        wrong = table("kind", "expected", "returned", "text", fold="text")
        for case in report.wrong:
            wrong.add_row(*map(cell, (case.kind, case.expected, case.returned, case.text)))
        console.print(wrong)


def show_ratings(report: RatingsReport, console: Console) -> None:
    """Print each engine's correlation over all rated products and over those with enough texts."""
    about = f"{count(report.texts)} texts of {count(report.rated_products)} rated products"
    console.print(cell(about, "bold"), soft_wrap=True)
    console.print()
    names = ("products", "Spearman's rho", INTERVAL)
    shown = table("mean polarity and rating", *names, right=names)
    for name, found in report.engines.items():
        shown.add_row(cell(name), *_correlation(found.all_products))
        shown.add_row(cell("... three texts or more"), *_correlation(found.with_enough_texts))
    console.print(shown)


def _left_out(report: SentimentReport) -> str:
    by_label = count(sum(report.unmapped_labels.values()))
    errors = ", ".join(f"{error} {count(number)}" for error, number in report.errors.items()) or "none"
    return f"left out: {count(report.bad_rows)} bad rows, {by_label} by label; errors: {errors}"


def _figures(report: SentimentReport) -> Table:
    names = ("", INTERVAL, "rows")
    shown = table("figure", *names, right=names)
    shares = report.intervals
    told = shares.told_liked
    for title, found in (
        ("accuracy: positive or negative, by score", shares.accuracy),
        ("label accuracy: all labels", shares.label_accuracy),
        *((title, told[label]) for label, title in TOLD.items() if label in told),
        ("texts too long, scored in chunks", shares.too_long),
    ):
        shown.add_row(cell(title), *_share(found, "bold"), cell(count(found.of)))
    labels = ", ".join(label.lower() for label in report.macro_f1_labels)
    shown.add_row(cell("macro-F1"), cell(f"{report.macro_f1:.3f}"), cell(""), cell(""))
    shown.add_row(cell(f"  over {labels}"))
    shown.add_row(cell("expected calibration error"), cell(f"{report.expected_calibration_error:.3f}"))
    if report.reviews_per_cpu_second is not None:
        shown.add_row(cell("texts per CPU second"), cell(count(report.reviews_per_cpu_second)))
    return shown


def _confusion(report: SentimentReport) -> Table:
    names = [label.lower() for label in Sentiment]
    shown = table("label, returned as", *names, right=names)
    for label, row in report.confusion.items():
        cells = (cell(count(row[other]), "bold" if other is label else "") for other in Sentiment)
        shown.add_row(cell(label.lower()), *cells)
    return shown


def _share(found: Share, style: str = "") -> tuple[Text, Text]:
    if not found.of:
        return cell(None), cell(None)
    return cell(f"{found.share:.3f}", style), cell(f"{found.low:.3f} to {found.high:.3f}")


def _correlation(found: Correlation) -> tuple[Text, Text, Text]:
    pairs = cell(count(found.pairs))
    if found.rho is None:
        return pairs, cell(None), cell(None)
    return pairs, cell(f"{found.rho:.3f}", "bold"), cell(f"{found.low:.3f} to {found.high:.3f}")
