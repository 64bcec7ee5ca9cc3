"""`fondly evaluate sentiment`: how right sentiment is on somebody's own texts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from fondly.cli.execution import guarded
from fondly.cli.options import Region, Yes

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
Challenge = Annotated[bool, typer.Option("--challenge", help="Score the packaged odd short texts, by kind.")]
Ratings = Annotated[
    bool, typer.Option("--ratings", help="Correlate texts with products' ratings in a shop's own file.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables, or write it to OUT.")]


@dataclass(frozen=True)
class LabelOptions:
    """Where texts and labels are in a file, and which rows are scored."""

    text: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN", help="Column of the text; repeat it to join title and text as a run does."
        ),
    ] = None
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help="Column of the label.")] = None
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="VALUE=LABEL",
            help="What a value means, as in 1=POSITIVE; 3= leaves rows out; repeatable.",
        ),
    ] = None
    term: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Judge this term of the text, not the whole text.")
    ] = None
    begin: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Where the term begins; else its first occurrence.")
    ] = None
    sample: Annotated[int | None, typer.Option(min=1, metavar="N", help="Score N rows, drawn at random.")] = (
        None
    )
    seed: Annotated[int, typer.Option(min=0, help="Another seed draws other rows.")] = 0

    @property
    def used(self) -> list[str]:
        """The options that are only for a file with labels."""
        given = {
            "--text": self.text,
            "--label": self.label,
            "--map": self.mapped,
            "--term": self.term,
            "--sample": self.sample,
        }
        return [name for name, value in given.items() if value]


@dataclass(frozen=True)
class EngineOptions:
    """What scores the texts."""

    engine: Annotated[
        Literal["understudy", "comprehend", "vader"],
        typer.Option(help="comprehend is Amazon's and costs money; it asks before."),
    ] = "understudy"
    prior: Annotated[
        Literal["balanced", "natural"] | None,
        typer.Option(show_default="understudy's own", help="natural: most texts are positive, as in a shop."),
    ] = None
    language: Annotated[str, typer.Option(help="The language of the texts, for --engine comprehend.")] = "en"
    region: Region = None
    yes: Yes = False


@guarded
def sentiment(
    file: File = None,
    out: Out = None,
    *,
    labels: LabelOptions,
    engine: EngineOptions,
    challenge: Challenge = False,
    ratings: Ratings = False,
    json: AsJson = False,
) -> None:
    """Measure sentiment on labelled texts, on odd short ones, or against product ratings.

    Labels are POSITIVE, NEGATIVE, NEUTRAL and MIXED, their short forms, or 1 to 5 stars. Everything but
    Comprehend runs in this process: no stack has to run.
    """
    _require_mode(file, labels, challenge=challenge, ratings=ratings)
    _require_engine(engine, labels)
    if out and not json:
        raise typer.BadParameter("OUT is for --json")
    from fondly.evaluation.commands.measure_sentiment import measure_sentiment

    answer = measure_sentiment(None if challenge else file, labels, engine, ratings=ratings)
    answer.give(json=json and out is None)
    if out:
        answer.write(out)


def _require_mode(file: Path | None, labels: LabelOptions, *, challenge: bool, ratings: bool) -> None:
    """Raise `BadParameter` unless the options ask for one measurement."""
    if challenge and (file or ratings):
        raise typer.BadParameter("--challenge brings its own texts: give neither FILE nor --ratings")
    if not (challenge or file):
        raise typer.BadParameter("give FILE or --challenge")
    if (challenge or ratings) and labels.used:
        raise typer.BadParameter(f"{', '.join(labels.used)}: only for a file with labels")
    if not (challenge or ratings or (labels.text and labels.label)):
        raise typer.BadParameter("name the columns with --text and --label")


def _require_engine(options: EngineOptions, labels: LabelOptions) -> None:
    """Raise `BadParameter` for what the engine cannot do."""
    term = labels.term
    if term and options.engine != "understudy":
        raise typer.BadParameter("--term has an engine of its own: leave out --engine")
    if options.prior and (term or options.engine != "understudy"):
        raise typer.BadParameter("--prior is for understudy's scores of whole texts")
    if term and len(labels.text or []) > 1:
        raise typer.BadParameter("--term needs one column of text")
    if labels.begin and not term:
        raise typer.BadParameter("--begin needs --term")
