"""`fondly check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.execution import FOUND_WRONG, guarded
from fondly.cli.options import AsJson, ConfigFile
from fondly.cli.output import console, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from fondly.ingest.use_cases.check_files import CheckedFiles
    from fondly.operations.check.examples import Example
    from fondly.operations.check.reading import Chosen
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

Merchandising = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        show_default="merchandising.yaml beside the files",
        help="What the shop excludes and pins: each rule must match something.",
    ),
]
Emails = Annotated[Path | None, typer.Option(file_okay=False, help="Write the example emails here, as HTML.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit code 1 if anything grave is open: for CI.")]


@guarded
def check(
    files: Files,
    mapping: MappingFile = None,
    write_mapping: Written = None,
    rejects: Rejects = None,
    config: ConfigFile = None,
    *,
    merchandising: Merchandising = None,
    emails: Emails = None,
    strict: Strict = False,
    json: AsJson = False,
) -> None:
    """Read files as a run would; say what is in them, what is wrong, and what emails will look like.

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
        return
    from fondly.operations.check.reading import choose

    def examples(found: "CheckedFiles") -> "list[Example]":
        return _examples(found, shop, chosen, emails) if emails or not json else []

    chosen = choose(files, shop, mapping, merchandising)
    checked(chosen, shop, rejects=rejects, json=json, examples=examples, strict=strict)


def checked(
    chosen: "Chosen",
    shop: "Shop",
    *,
    rejects: Path | None = None,
    json: bool = False,
    aside: bool = False,
    examples: "Callable[[CheckedFiles], list[Example]]" = lambda _: [],
    strict: bool = False,
) -> "CheckedFiles":
    """Read files and show the result, `aside` on standard error; exit with 1 if they cannot be used.

    If it is `strict`, also with 1 if anything grave is open.
    """
    from fondly.cli.answer import Answer
    from fondly.cli.reading_progress import reading
    from fondly.cli.tables.check import check_sections
    from fondly.operations.check.estimate import view
    from fondly.operations.check.reading import read

    with reading([each.path for each in chosen.sources], console(stderr=True)) as watch:
        found = read(chosen, shop, watch=watch, rejects=rejects)
    result = view(found, shop)
    shown = check_sections(result, examples(found) if result.usable else [])
    Answer(result, shown).give(json=json, aside=aside)
    if not result.usable or (strict and result.grave):
        raise typer.Exit(FOUND_WRONG)
    return found


def _examples(found: "CheckedFiles", shop: "Shop", chosen: "Chosen", folder: Path | None) -> "list[Example]":
    """Make the example emails, and write them into the folder, if there is one."""
    from fondly.operations.check.examples import examples

    made = examples(found, shop, chosen.rules)
    if not made:
        say("no example email: there is nobody to write to, or nothing that may be recommended to them")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        for number, each in enumerate(made, start=1):
            (folder / f"example-{number}.html").write_text(each.html, encoding="utf-8")
        say(f"wrote {len(made)} example emails to {folder}")
    return made
