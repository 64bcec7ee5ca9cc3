"""`fondly suppress import` and `export`: lists of who must not be written to."""

import sys
from contextlib import AsyncExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import in_environment
from fondly.cli.options import DryRun
from fondly.cli.output import say
from fondly.contracts.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fondly.contracts.delivery import NotSent
    from fondly.operations.environment import Environment
    from fondly.operations.suppressions.reading import Found
    from fondly.operations.suppressions.store import Imported
    from fondly.runtime.consent import DynamoDBConsent

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
NAMED_ROWS = 10
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
    from fondly.operations.suppressions.export import opened
    from fondly.operations.suppressions.reading import read_list
    from fondly.operations.suppressions.rows import Defaults
    from fondly.operations.suppressions.ses import of_account, open_ses
    from fondly.operations.suppressions.store import Import, streamed

    if (file is None) is not ses:
        raise typer.BadParameter("give a file, or --ses")
    consent = await open_consent(environment)
    async with AsyncExitStack() as stack:
        found: AsyncIterator[Found]
        if file is None:
            found = of_account(await stack.enter_async_context(open_ses(environment.region)))
        else:
            defaults = Defaults(reason_of(reason), source or file.name, utc_now())
            found = streamed(read_list(file, defaults))
        written = stack.enter_context(opened(rejects)) if rejects else None
        importing = Import(consent, dry_run=dry_run, named=NAMED_ROWS, rejects=written)
        done = await importing.run(found, _tell)
    return Answer(done, [], imported_lines(done, dry_run=dry_run), is_wrong=bool(done.bad_rows))


@in_environment
async def export(environment: "Environment", file: OutFile = None) -> None:
    """Write everybody who is suppressed as CSV, which `import` reads back."""
    from fondly.operations.suppressions.export import export as write
    from fondly.operations.suppressions.export import opened

    consent = await open_consent(environment)
    with opened(file) if file else nullcontext(sys.stdout) as out:
        number = await write(consent, out)
        out.flush()
    say(f"{number:,} written")


def reason_of(text: str) -> "NotSent":
    """Return a reason by its name; raise `BadParameter` if there is no such reason to suppress somebody."""
    from fondly.contracts.consent import REASONS
    from fondly.contracts.delivery import NotSent

    if text not in REASONS:
        raise typer.BadParameter(f"found {text!r}, expected one of {', '.join(sorted(REASONS))}")
    return NotSent(text)


async def open_consent(environment: "Environment") -> "DynamoDBConsent":
    """Open the tables that say who is not written to."""
    from fondly.runtime.consent import DynamoDBConsent

    return DynamoDBConsent(
        environment.dynamodb,
        suppressions=await environment.table("suppressions"),
        contacts=await environment.table("contacts"),
    )


def _tell(done: "Imported") -> None:

    if done.entries % WATCHED_ENTRIES == 0:
        say(f"{done.entries:,} read")
