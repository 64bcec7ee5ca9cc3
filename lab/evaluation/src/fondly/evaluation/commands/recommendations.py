"""`fondly evaluate recommendations`: how good they are, on published sequences or on a shop's own file."""

import json as json_text
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import FOUND_WRONG, guarded

if TYPE_CHECKING:
    from collections.abc import Mapping


class ProtocolName(StrEnum):
    """What the engine may fit of the items before the held-out one."""

    STRICT = "strict"
    REFIT = "refit"


class MadeUpShop(StrEnum):
    """The shops that are made up; `own_data.made_up` says what each is like."""

    SEQUELS = "sequels"
    SMALL = "small"
    SEQUENCES = "sequences"


Sequences = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="A line `user item item ...` a user, oldest item first."),
]
Attributes = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="JSON: item id to list of attribute ids."),
]
Protocol = Annotated[
    ProtocolName, typer.Option(help="strict: the last but one item is known, but not fitted; refit: it is.")
]
Least = Annotated[
    list[str] | None,
    typer.Option(
        "--min", metavar="FIGURE=LEAST", help="Exit with 1 below it, as in ndcg@10=.05; repeatable."
    ),
]
Floors = Annotated[
    bool, typer.Option("--floors", help="The same, below what Fondly reaches on the file's published data.")
]
Baselines = Annotated[bool, typer.Option("--baselines", help="Show popularity, item-kNN and ALS beside it.")]
Csv = Annotated[
    Path | None,
    typer.Option(
        "--csv", exists=True, help="A shop's own file, or a folder with three, as for `fondly demo`."
    ),
]
MadeUp = Annotated[
    MadeUpShop | None,
    typer.Option("--made-up", help="In place of a file, a made-up shop of known structure."),
]
Ablate = Annotated[
    bool, typer.Option("--ablate", help="Leave out each part of the decision in turn: what is it worth?")
]
Merchandising = Annotated[
    Path | None,
    typer.Option(
        exists=True, dir_okay=False, help="The shop's own rules, as for `fondly demo` (with --csv)."
    ),
]

Picks = Annotated[
    int | None,
    typer.Option(min=1, max=12, help="How many products a customer gets, five by default (with --csv)."),
]


@guarded
def recommendations(
    *,
    sequences: Sequences = None,
    attributes: Attributes = None,
    protocol: Protocol = ProtocolName.STRICT,
    least: Least = None,
    floors: Floors = False,
    baselines: Baselines = False,
    csv: Csv = None,
    made_up: MadeUp = None,
    ablate: Ablate = False,
    merchandising: Merchandising = None,
    picks: Picks = None,
    json: AsJson = False,
) -> None:
    """Measure recommendations on published sequences, or on a shop's own file.

    Sequences are tested as in the literature: on each user's last item, ranked among all that the user does
    not have. A shop's file goes through the services' own code, in this process: no stack has to run. So does
    a shop that is made up.
    """
    wanted = _parsed(least or [])
    if sum(source is not None for source in (sequences, csv, made_up)) != 1:
        raise typer.BadParameter("give --sequences, --csv or --made-up, one of them")
    if sequences is None and (attributes or least or floors or baselines):
        raise typer.BadParameter("--attributes, --min, --floors and --baselines need --sequences")
    if floors and protocol is not ProtocolName.STRICT:
        raise typer.BadParameter("--floors needs --protocol strict, by which they were measured")
    if sequences is not None and (merchandising or picks or ablate):
        raise typer.BadParameter("--merchandising, --picks and --ablate need --csv or --made-up")
    if sequences is not None:
        _on_sequences(sequences, attributes, protocol, wanted, floors=floors, baselines=baselines, json=json)
    else:
        from fondly.evaluation.commands.measure_own_data import show_evaluation, show_parts

        show = show_parts if ablate else show_evaluation
        show(csv, made_up, merchandising, picks, json=json)


def _on_sequences(
    path: Path,
    attributes: Path | None,
    protocol: ProtocolName,
    least: "Mapping[str, float]",
    *,
    floors: bool,
    baselines: bool,
    json: bool,
) -> None:
    from fondly.cli.output import console, say
    from fondly.evaluation.commands.sequence_tables import show_sequences
    from fondly.evaluation.commands.start import evaluating
    from fondly.evaluation.sequences import reading, report
    from fondly.evaluation.sequences.baselines import MISSING, has_implicit
    from fondly.evaluation.sequences.protocol import Protocol as Rule

    wanted = {**(report.floors_of(path) if floors else {}), **least}
    _require_known(wanted, report.SequenceReport.figures())
    with evaluating("reading") as announce:
        found = reading.read_sequences(path)
        labels = reading.read_attributes(attributes) if attributes else {}
        ours = report.evaluate_sequences(found, labels, Rule(protocol), announce)
        beside = report.evaluate_baselines(found, Rule(protocol), announce) if baselines else {}
    if found.left_out:
        say(f"users left out for having fewer than {reading.MIN_ITEMS} items: {found.left_out}")
    if baselines and not has_implicit():
        say(MISSING)
    figures = ours.model_dump(mode="json")
    if json:
        more = {"baselines": {name: each.model_dump(mode="json") for name, each in beside.items()}}
        sys.stdout.write(json_text.dumps(figures | (more if baselines else {}), indent=2) + "\n")
    else:
        show_sequences(ours, beside, console())
    _require(figures, wanted)


def _parsed(least: list[str]) -> dict[str, float]:
    """Return floors by figure; raise `BadParameter` for one that is not FIGURE=LEAST."""
    found = {}
    for each in least:
        name, _, value = each.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            raise typer.BadParameter(f"{each!r} is not FIGURE=LEAST, such as ndcg@10=.05") from None
    return found


def _require_known(least: "Mapping[str, float]", figures: tuple[str, ...]) -> None:
    """Raise `BadParameter` for a floor of something that is not measured."""
    for name in least:
        if name not in figures:
            raise typer.BadParameter(f"--min: {name!r} is not one of {', '.join(figures)}")


def _require(figures: "Mapping[str, float]", least: "Mapping[str, float]") -> None:
    """Exit with 1 if a figure is below its floor."""
    from fondly.cli.output import say

    below = {name: floor for name, floor in least.items() if figures[name] < floor}
    for name, floor in below.items():
        say(f"{name} is {figures[name]:.4f}, below {floor:g}")
    if below:
        raise typer.Exit(FOUND_WRONG)
