"""`fondly evaluate sentiment`: how right sentiment is on somebody's own texts."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from fondly.cli.commands.options import Region
from fondly.cli.execution import guarded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel
    from rich.console import Console

    from fondly.contracts.records import Sentiment

Report = TypeVar("Report", bound="BaseModel")


class EngineName(StrEnum):
    """What scores the texts."""

    UNDERSTUDY = "understudy"
    COMPREHEND = "comprehend"
    VADER = "vader"


class PriorName(StrEnum):
    """The mix of opinions that understudy's model expects."""

    BALANCED = "balanced"
    NATURAL = "natural"


File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        exists=True,
        help="CSV, TSV or JSON Lines, plain or gzip; with --ratings a catalogue, as for `fondly demo`.",
    ),
]
Out = Annotated[
    Path | None, typer.Argument(metavar="OUT", dir_okay=False, help="Write the JSON here (with --json).")
]
TextColumns = Annotated[
    list[str] | None,
    typer.Option(
        "--text", metavar="COLUMN", help="Column of the text; repeat it to join title and text as a run does."
    ),
]
LabelColumn = Annotated[str | None, typer.Option("--label", metavar="COLUMN", help="Column of the label.")]
Mapped = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="VALUE=LABEL",
        help="What a value means, as in 1=POSITIVE; 3= leaves rows out; repeatable.",
    ),
]
TermColumn = Annotated[
    str | None,
    typer.Option("--term", metavar="COLUMN", help="Judge this term of the text, not the whole text."),
]
BeginColumn = Annotated[
    str | None,
    typer.Option("--begin", metavar="COLUMN", help="Where the term begins; else its first occurrence."),
]
Engine = Annotated[EngineName, typer.Option(help="comprehend is Amazon's and costs money; it asks before.")]
Prior = Annotated[
    PriorName | None,
    typer.Option(show_default="understudy's own", help="natural: most texts are positive, as in a shop."),
]
Language = Annotated[str, typer.Option(help="The language of the texts, for --engine comprehend.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before paying for Comprehend.")]
Sample = Annotated[int | None, typer.Option(min=1, metavar="N", help="Score N rows, drawn at random.")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed draws other rows.")]
Challenge = Annotated[bool, typer.Option("--challenge", help="Score the packaged odd short texts, by kind.")]
Ratings = Annotated[
    bool, typer.Option("--ratings", help="Correlate texts with products' ratings in a shop's own file.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables, or write it to OUT.")]


@guarded
def sentiment(
    file: File = None,
    out: Out = None,
    *,
    text: TextColumns = None,
    label: LabelColumn = None,
    mapped: Mapped = None,
    term: TermColumn = None,
    begin: BeginColumn = None,
    engine: Engine = EngineName.UNDERSTUDY,
    prior: Prior = None,
    language: Language = "en",
    region: Region = None,
    yes: Yes = False,
    sample: Sample = None,
    seed: Seed = 0,
    challenge: Challenge = False,
    ratings: Ratings = False,
    json: AsJson = False,
) -> None:
    """Measure sentiment on labelled texts, on odd short ones, or against product ratings.

    Labels are POSITIVE, NEGATIVE, NEUTRAL and MIXED, their short forms, or 1 to 5 stars. Everything but
    Comprehend runs in this process: no stack has to run.
    """
    columns = {"--text": text, "--label": label, "--map": mapped, "--term": term, "--sample": sample}
    _require_mode(file, columns, challenge=challenge, ratings=ratings)
    _require_engine(engine, prior, text or [], term, begin)
    if out and not json:
        raise typer.BadParameter("OUT is for --json")
    from fondly.evaluation.commands import measure_sentiment as measured
    from fondly.evaluation.commands import sentiment_tables as tables
    from fondly.evaluation.commands.sentiment_engine import Choice
    from fondly.evaluation.sentiment.reading import Columns

    choice = Choice(
        engine=engine.value,
        prior=prior.value if prior else None,
        language=language,  # type: ignore[arg-type] # Comprehend itself checks it
        region=region,
        consents=yes,
    )
    if challenge:
        _answer(measured.on_challenge(choice), tables.show_challenge, out, json=json)
    elif ratings and file:
        _answer(measured.on_ratings(file, choice), tables.show_ratings, out, json=json)
    elif file and text and label:
        found = Columns(text, label, term, begin)
        report = measured.on_labels(file, found, _given(mapped or []), choice, size=sample, seed=seed)
        _answer(report, tables.show_labelled, out, json=json)


def _require_mode(
    file: Path | None, columns: "Mapping[str, object]", *, challenge: bool, ratings: bool
) -> None:
    """Raise `BadParameter` unless the options ask for one measurement."""
    if challenge and (file or ratings):
        raise typer.BadParameter("--challenge brings its own texts: give neither FILE nor --ratings")
    if not (challenge or file):
        raise typer.BadParameter("give FILE or --challenge")
    used = [name for name, value in columns.items() if value]
    if (challenge or ratings) and used:
        raise typer.BadParameter(f"{', '.join(used)}: only for a file with labels")
    if not (challenge or ratings or {"--text", "--label"} <= set(used)):
        raise typer.BadParameter("name the columns with --text and --label")


def _require_engine(
    engine: EngineName, prior: PriorName | None, texts: list[str], term: str | None, begin: str | None
) -> None:
    """Raise `BadParameter` for what the engine cannot do."""
    if term and engine is not EngineName.UNDERSTUDY:
        raise typer.BadParameter("--term has an engine of its own: leave out --engine")
    if prior and (term or engine is not EngineName.UNDERSTUDY):
        raise typer.BadParameter("--prior is for understudy's scores of whole texts")
    if term and len(texts) > 1:
        raise typer.BadParameter("--term needs one column of text")
    if begin and not term:
        raise typer.BadParameter("--begin needs --term")


def _given(mapped: list[str]) -> "dict[str, Sentiment | None]":
    """Return what values mean; raise `BadParameter` for one that is not VALUE=LABEL."""
    from fondly.evaluation.sentiment.labels import read_map

    try:
        return read_map(mapped)
    except ValueError as error:
        raise typer.BadParameter(f"--map: {error}") from None


def _answer(
    report: "Report", show: "Callable[[Report, Console], None]", out: Path | None, *, json: bool
) -> None:
    """Print a report as tables, as JSON, or as tables with the JSON in a file."""
    from fondly.cli.output import console, print_json

    if json and out is None:
        print_json(report)
        return
    show(report, console())
    if out:
        out.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
