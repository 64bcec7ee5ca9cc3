"""`fondly evaluate recommendations`: how good they are, on published sequences or on a shop's own file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import guarded


@dataclass(frozen=True)
class SequenceOptions:
    """Published sequences, and what is asked of them."""

    sequences: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A line `user item item ...` a user, oldest item first."
        ),
    ] = None
    attributes: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="JSON: item id to list of attribute ids."),
    ] = None
    protocol: Annotated[
        Literal["strict", "refit"],
        typer.Option(help="strict: the last but one item is known, but not fitted; refit: it is."),
    ] = "strict"
    least: Annotated[
        list[str] | None,
        typer.Option(
            "--min", metavar="FIGURE=LEAST", help="Exit with 1 below it, as in ndcg@10=.05; repeatable."
        ),
    ] = None
    floors: Annotated[
        bool,
        typer.Option("--floors", help="The same, below what Fondly reaches on the file's published data."),
    ] = False
    baselines: Annotated[
        bool, typer.Option("--baselines", help="Show popularity, item-kNN and ALS beside it.")
    ] = False


@dataclass(frozen=True)
class OwnDataOptions:
    """A shop's own file, or a shop that is made up."""

    csv: Annotated[
        Path | None,
        typer.Option(exists=True, help="A shop's own file, or a folder with three, as for `fondly demo`."),
    ] = None
    made_up: Annotated[
        Literal["sequels", "small", "sequences"] | None,
        typer.Option(help="In place of a file, a made-up shop of known structure."),
    ] = None
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Leave out each part of the decision in turn: what is it worth?")
    ] = False
    merchandising: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="The shop's own rules, as for `fondly demo` (with --csv)."
        ),
    ] = None
    picks: Annotated[
        int | None,
        typer.Option(min=1, max=12, help="How many products a customer gets, five by default (with --csv)."),
    ] = None


@guarded
def recommendations(*, published: SequenceOptions, own: OwnDataOptions) -> Answer:
    """Measure recommendations on published sequences, or on a shop's own file.

    Sequences are tested as in the literature: on each user's last item, ranked among all that the user does
    not have. A shop's file goes through the services' own code, in this process: no stack has to run. So does
    a shop that is made up.
    """
    _require_source(published, own)
    if published.sequences is None:
        from fondly.evaluation.commands.measure_own_data import measure_own_data

        return measure_own_data(own)
    from fondly.evaluation.commands.measure_sequences import measure_sequences

    return measure_sequences(published.sequences, published)


def _require_source(published: SequenceOptions, own: OwnDataOptions) -> None:
    """Raise `BadParameter` unless the options ask for one measurement."""
    path = published.sequences
    if sum(source is not None for source in (path, own.csv, own.made_up)) != 1:
        raise typer.BadParameter("give --sequences, --csv or --made-up, one of them")
    only_sequences = published.attributes or published.least or published.floors or published.baselines
    if path is None and only_sequences:
        raise typer.BadParameter("--attributes, --min, --floors and --baselines need --sequences")
    if published.floors and published.protocol != "strict":
        raise typer.BadParameter("--floors needs --protocol strict, by which they were measured")
    if path is not None and (own.merchandising or own.picks or own.ablate):
        raise typer.BadParameter("--merchandising, --picks and --ablate need --csv or --made-up")
