"""`fondly check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.execution import FOUND_WRONG, guarded
from fondly.cli.options import AsJson, ConfigFile
from fondly.cli.output import console, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondly.ingest.use_cases.check_files import CheckedFiles
    from fondly.operations.shop import Shop

Files = Annotated[
    list[Path],
    typer.Argument(exists=True, help="One file, the files of a set, or the folder that holds them."),
]
MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping",
        exists=True,
        dir_okay=False,
        show_default="mapping.yaml beside the files",
        help="Which column is which field.",
    ),
]
Written = Annotated[
    Path | None,
    typer.Option(dir_okay=False, help="Write a mapping of these files here, to be completed by hand."),
]
Rejects = Annotated[
    Path | None, typer.Option(dir_okay=False, help="Write every reject here, one JSON object a line.")
]


@guarded
def check(
    files: Files,
    mapping: MappingFile = None,
    write_mapping: Written = None,
    rejects: Rejects = None,
    config: ConfigFile = None,
    *,
    json: AsJson = False,
) -> None:
    """Read files as a run would, and say what is in them, what is wrong, and what a run takes.

    Nothing is started, sent or paid. Exit code 1 if the files cannot be used.
    """
    from fondly.operations.shop import load_shop

    shop = load_shop(config)
    if write_mapping:
        from fondly.cli.reading_progress import reading
        from fondly.operations.check.mapping import write

        with reading(files, console(stderr=True)) as watch:
            write(files, shop, write_mapping, mapping=mapping, watch=watch)
        say(f"wrote {write_mapping}: complete it, then run `fondly check` with --mapping {write_mapping}")
    else:
        checked(files, shop, mapping, rejects=rejects, json=json)


def checked(
    files: "Sequence[Path]",
    shop: "Shop",
    mapping: Path | None = None,
    *,
    rejects: Path | None = None,
    json: bool = False,
    aside: bool = False,
) -> "CheckedFiles":
    """Read files and show the result, `aside` on standard error; exit with 1 if they cannot be used."""
    from fondly.cli.answer import Answer
    from fondly.cli.reading_progress import reading
    from fondly.cli.tables.check import check_sections
    from fondly.operations.check.estimate import view
    from fondly.operations.check.reading import choose, read

    chosen = choose(files, shop, mapping)
    with reading([each.path for each in chosen.sources], console(stderr=True)) as watch:
        found = read(chosen, shop, watch=watch, rejects=rejects)
    result = view(found)
    Answer(result, check_sections(result)).give(json=json, aside=aside)
    if not result.usable:
        raise typer.Exit(FOUND_WRONG)
    return found
