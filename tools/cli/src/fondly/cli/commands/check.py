"""`fondly check`."""

from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import FOUND_WRONG, guarded

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
    typer.Option(
        "--write-mapping",
        dir_okay=False,
        help="Write a mapping of these files here, to be completed by hand.",
    ),
]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", dir_okay=False, help="Write every reject here, one JSON object a line."),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config", exists=True, dir_okay=False, show_default="fondly.toml", help="The shop's settings."
    ),
]


@guarded
def check(
    files: Files,
    mapping: MappingFile = None,
    write_mapping: Written = None,
    rejects: Rejects = None,
    config: Config = None,
    *,
    json: AsJson = False,
) -> None:
    """Read files as a run would, and say what is in them, what is wrong, and what a run takes.

    Nothing is started, sent or paid. Exit code 1 if the files cannot be used.
    """
    from fondly.cli.check.progress import reading
    from fondly.cli.check.tables import show
    from fondly.cli.output import console, print_json, say
    from fondly.operations.check.reading import choose, read
    from fondly.operations.check.views import view
    from fondly.operations.shop import load_shop

    shop = load_shop(config)
    chosen = choose(files, shop, mapping)
    if write_mapping:
        from fondly.operations.check.mapping import write

        write(chosen.sources, write_mapping)
        say(f"wrote {write_mapping}: complete it, then run `fondly check` with --mapping {write_mapping}")
        return
    with reading([each.path for each in chosen.sources], console(stderr=True)) as watch:
        result = view(read(chosen, shop, watch=watch, rejects=rejects))
    if json:
        print_json(result)
    else:
        show(result, console())
    if not result.usable:
        raise typer.Exit(FOUND_WRONG)
