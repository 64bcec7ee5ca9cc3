"""`fondly suppress import` and `export`: lists of who must not be written to."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import in_environment
from fondly.cli.options import DryRun
from fondly.cli.output import say
from fondly.contracts.clock import utc_now

if TYPE_CHECKING:
    from fondly.contracts.delivery import NotSent
    from fondly.operations.environment import Environment

WhyImported = Annotated[
    str,
    typer.Option("--reason", metavar="REASON", help="The reason of rows without one that is known."),
]
ListFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="[FILE]",
        exists=True,
        dir_okay=False,
        help="CSV, XLSX or Parquet with a column `address` or `customer_id`; plain addresses; JSON of SES.",
    ),
]
FromSES = Annotated[bool, typer.Option("--ses", help="Import SES's account-level suppression list instead.")]
Source = Annotated[
    str | None, typer.Option(metavar="TEXT", show_default="the file's name", help="Where the list is from.")
]
Rejects = Annotated[
    Path | None, typer.Option(dir_okay=False, help="Write every row that cannot be used to this file.")
]
OutFile = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", dir_okay=False, help="By default standard output.")
]
WATCHED_ENTRIES = 100_000


@in_environment
async def import_(
    environment: "Environment",
    file: ListFile = None,
    *,
    ses: FromSES = False,
    reason: WhyImported = "imported",
    source: Source = None,
    rejects: Rejects = None,
    dry_run: DryRun = False,
) -> Answer:
    """Suppress everybody on a list: another sender's unsubscribes, bounces and complaints, or an export.

    Rows that cannot be used are named and left out; then the exit code is 1. An import can be repeated:
    whoever is suppressed already keeps the reason. SES's list needs `ses:ListSuppressedDestinations`.
    """
    from fondly.cli.tables.suppressions import imported_lines
    from fondly.operations.suppressions.lists import Imported, import_list
    from fondly.operations.suppressions.rows import Defaults

    if (file is None) is not ses:
        raise typer.BadParameter("give a file, or --ses")
    defaults = Defaults(reason_of(reason), source or (file.name if file else ""), utc_now())
    done, told = Imported(), 0
    async for done in import_list(environment, file, defaults, rejects=rejects, dry_run=dry_run):
        if done.entries >= told + WATCHED_ENTRIES:
            told = done.entries
            say(f"{told:,} read")
    return Answer(done, [], imported_lines(done, dry_run=dry_run), is_wrong=bool(done.bad_rows))


@in_environment
async def export(environment: "Environment", file: OutFile = None) -> None:
    """Write everybody who is suppressed as CSV, which `import` reads back."""
    from fondly.operations.suppressions.lists import export_list, opened
    from fondly.operations.suppressions.people import open_consent

    consent = await open_consent(environment)
    with opened(file) if file else nullcontext(sys.stdout) as out:
        number = await export_list(consent, out)
        out.flush()
    say(f"{number:,} written")


def reason_of(text: str) -> "NotSent":
    """Return a reason by its name; raise `BadParameter` if there is no such reason to suppress somebody."""
    from fondly.contracts.consent import REASONS
    from fondly.contracts.delivery import NotSent

    if text not in REASONS:
        raise typer.BadParameter(f"found {text!r}, expected one of {', '.join(sorted(REASONS))}")
    return NotSent(text)
