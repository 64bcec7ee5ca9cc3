"""`fondly suppress`: who must not be written to."""

import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.interrupts import confirm
from fondly.cli.options import By, DryRun, Yes, decider
from fondly.cli.output import console, say
from fondly.contracts.clock import utc_now

if TYPE_CHECKING:
    from fondly.contracts.delivery import NotSent

WhyImported = Annotated[
    str, typer.Option("--reason", metavar="REASON", help="The reason of rows without one that is known.")
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
    environment: Environment,
    file: ListFile = None,
    *,
    ses: FromSES = False,
    reason: WhyImported = "imported",
    source: Source = None,
    rejects: Rejects = None,
    dry_run: DryRun = False,
    by: By = None,
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
    done, told, who = Imported(), 0, await decider(environment, by)
    async for done in import_list(environment, file, defaults, by=who, rejects=rejects, dry_run=dry_run):
        if done.entries >= told + WATCHED_ENTRIES:
            told = done.entries
            say(f"{told:,} read")
    return Answer(done, [], imported_lines(done, dry_run=dry_run), is_wrong=bool(done.bad_rows))


@in_environment
async def export(environment: Environment, file: OutFile = None, *, by: By = None) -> None:
    """Write everybody who is suppressed as CSV, which `import` reads back."""
    from fondly.operations.suppressions.lists import export_list, opened

    who = await decider(environment, by)
    with opened(file) if file else nullcontext(sys.stdout) as out:
        number = await export_list(environment, out, by=who)
        out.flush()
    say(f"{number:,} written")


def reason_of(text: str) -> "NotSent":
    """Return a reason by its name; raise `BadParameter` if there is no such reason to suppress somebody."""
    from fondly.contracts.consent import REASONS
    from fondly.contracts.delivery import NotSent

    if text not in REASONS:
        raise typer.BadParameter(f"found {text!r}, expected one of {', '.join(sorted(REASONS))}")
    return NotSent(text)


app = typer.Typer(no_args_is_help=True, help="Who must not be written to, whatever a run recommends them.")

KEY = "FONDLY_MAILER_UNSUBSCRIBE_KEY"
Whom = Annotated[list[str], typer.Argument(metavar="WHO…", help="Email addresses, or customer ids.")]
WhomToShow = Annotated[
    list[str] | None, typer.Argument(metavar="WHO…", help="Only these addresses or customer ids.")
]
AreCustomers = Annotated[bool, typer.Option("--customer", help="WHO are customer ids, even with an @.")]
Reason = Annotated[
    str | None, typer.Option(metavar="REASON", help="Only of this reason: unsubscribed, hard_bounce, ….")
]
AreTokens = Annotated[
    bool, typer.Option("--token", help="WHO are tokens, as emails that ask to unsubscribe have them.")
]
Keys = Annotated[
    str,
    typer.Option(
        "--key", envvar=KEY, show_envvar=True, show_default=False, help="The key that has signed the tokens."
    ),
]
WhyAdded = Annotated[
    str | None,
    typer.Option(
        "--reason",
        metavar="REASON",
        show_default="manual; unsubscribed for tokens",
        help="unsubscribed, hard_bounce, complaint, manual, ….",
    ),
]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="Show at most so many, the latest.")]
REMOVE = "remove"


@app.command()
@in_environment
async def add(
    environment: Environment,
    whom: Whom,
    *,
    reason: WhyAdded = None,
    customer: AreCustomers = False,
    token: AreTokens = False,
    key: Keys = "",
    by: By = None,
) -> Answer:
    """Suppress addresses or customers: no run pays for an email to them, and nothing is sent."""
    from fondly.operations.suppressions.people import customers_of, entries_of, open_consent, suppress

    key = key or os.environ.get(KEY, "")  # by now also the local stack's
    if token and not key:
        raise typer.BadParameter(f"give --key, or set {KEY}")
    entries = entries_of(customers_of(whom, key) if token else whom, are_customers=customer or token)
    why = reason_of(reason or ("unsubscribed" if token else "manual"))
    new = await suppress(environment, entries, why, by=await decider(environment, by))
    stored, known = await (await open_consent(environment)).find(entries), len(entries) - new
    told = f"{new} suppressed" + (f"; {known} had been before, and keep their reasons" if known else "")
    return Answer([stored[entry] for entry in entries], [], [told])


@app.command()
@in_environment
async def remove(
    environment: Environment, whom: Whom, *, customer: AreCustomers = False, yes: Yes = False, by: By = None
) -> None:
    """Allow addresses or customers to be written to again.

    Only with their consent: whoever unsubscribed or complained must have asked for it.
    """
    from fondly.cli.tables.declaration import Table
    from fondly.cli.tables.drawing import draw
    from fondly.cli.tables.suppressions import SUPPRESSIONS
    from fondly.operations.suppressions.people import KEPT_BY_SES, allow, suppressed

    who = await decider(environment, by)
    found = await suppressed(environment, whom, are_customers=customer)
    draw([Table(SUPPRESSIONS, list(found.values()))], console(stderr=True))
    if not yes:
        confirm("Write to them again? ", REMOVE, otherwise="nothing removed")
    say(f"{await allow(environment, found, by=who)} removed")
    if {each.reason for each in found.values()} & KEPT_BY_SES:
        say("SES may keep an address on its own list: aws sesv2 delete-suppressed-destination")


@app.command("list")
@in_environment
async def list_(
    environment: Environment,
    whom: WhomToShow = None,
    *,
    reason: Reason = None,
    customer: AreCustomers = False,
    limit: Limit = 50,
) -> Answer:
    """Show who is suppressed, why and since when: the latest, or those that are named."""
    from collections import Counter

    from fondly.cli.tables.declaration import Table
    from fondly.cli.tables.suppressions import SUPPRESSIONS, counts_line
    from fondly.operations.suppressions.people import entries_of, latest, open_consent

    consent = await open_consent(environment)
    if whom:
        found = await consent.find(entries_of(whom, are_customers=customer))
        shown, counts = list(found.values()), Counter(str(each.reason) for each in found.values())
    else:
        shown, counts = await latest(consent, reason=reason_of(reason) if reason else None, limit=limit)
    return Answer(shown, [Table(SUPPRESSIONS, shown)] if shown else [], [counts_line(counts)])


app.command("import")(import_)
app.command()(export)
