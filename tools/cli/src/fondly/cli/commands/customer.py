"""`fondly customer`: what is known of customers, all of it for themselves, and how they are forgotten."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import FOUND_WRONG, ask, in_environment

if TYPE_CHECKING:
    from fondly.operations.cleanup.scope import Scope
    from fondly.operations.customers.proof import Proof
    from fondly.operations.environment import Environment

app = typer.Typer(no_args_is_help=True, help="What is known of customers; export it, and forget them.")

Who = Annotated[list[str], typer.Argument(metavar="CUSTOMER…", help="Ids of customers, or their addresses.")]
Uploads = Annotated[
    bool, typer.Option("--uploads", help="Also delete the uploaded files that name the customers.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be forgotten.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until open runs have ended, and forget once more.")]
Minutes = Annotated[int, typer.Option(min=1, help="Wait this long for Personalize to delete, and for runs.")]
Out = Annotated[
    Path | None,
    typer.Option(dir_okay=False, show_default="ID.zip", help="The archive to write; it must not exist."),
]
Groups = Annotated[
    list[str] | None,
    typer.Option(
        "--dataset-group",
        help="A Personalize dataset group of the environment that has neither its name nor its tag.",
    ),
]
Role = Annotated[
    str | None,
    typer.Option(
        "--role-arn",
        envvar="FONDLY_PERSONALIZE_ROLE_ARN",
        show_default="that of the environment",
        help="The role with which Personalize reads the data bucket.",
    ),
]
FORGET = "forget"


@app.command()
@in_environment
async def show(environment: "Environment", customers: Who, *, json: AsJson = False) -> None:
    """Show what the tables know of customers, and why they are or are not written to."""
    from fondly.cli.customers.tables import known_table
    from fondly.cli.output import console, print_json
    from fondly.operations.customers.items import whom
    from fondly.operations.customers.known import at_a_glance
    from fondly.operations.errors import OperationError

    async with _scope(environment) as scope:
        known = await at_a_glance(scope, await whom(scope, customers))
    if known.is_empty:
        raise OperationError(
            "nothing is known of them in the tables: `fondly customer search` looks everywhere"
        )
    if json:
        print_json(known)
    else:
        console().print(known_table(known))


@app.command()
@in_environment
async def export(
    environment: "Environment", customers: Who, *, out: Out = None, json: AsJson = False
) -> None:
    """Give all that is known of customers, for themselves (GDPR, Articles 15 and 20).

    An archive with `customer.json` and their finished emails, readable by you alone; or all in one JSON.
    """
    from fondly.cli.output import print_json, say
    from fondly.contracts.file_names import file_name
    from fondly.operations.customers.items import whom
    from fondly.operations.customers.known import everything, write_archive
    from fondly.operations.errors import OperationError
    from fondly.operations.formatting import counted

    async with _scope(environment) as scope:
        known = await everything(scope, await whom(scope, customers))
    if known.is_empty:
        raise OperationError("nothing is known of them")
    if json:
        print_json(known)
        return
    path = out or Path(f"{file_name(customers[0])}.zip")
    write_archive(known, path)
    items = sum(map(len, known.tables.values()))
    told = (
        counted(items, "item"),
        f"{len(known.objects)} files of runs",
        counted(len(known.emails), "email"),
    )
    say(f"{path}: {', '.join(told)}")


@app.command()
@in_environment
async def search(environment: "Environment", customers: Who, *, json: AsJson = False) -> None:
    """Search everything for customers, every version of every object, and change nothing.

    Exits with 1 if something names them. It looks into archives, workbooks, Parquet files and emails, and
    says what it cannot look into.
    """
    from fondly.cli.output import print_json
    from fondly.operations.customers.forget import traces_of
    from fondly.operations.customers.items import whom
    from fondly.operations.customers.search import Search

    async with _scope(environment) as scope:
        proof = await Search(scope, traces_of(await whom(scope, customers))).run()
    if json:
        print_json(proof)
    else:
        _show_proof(proof)
    if not proof.is_clean:
        raise typer.Exit(FOUND_WRONG)


@app.command()
@in_environment
async def forget(
    environment: "Environment",
    customers: Who,
    *,
    uploads: Uploads = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    wait: Wait = False,
    timeout_minutes: Minutes = 60,
    dataset_group: Groups = None,
    role_arn: Role = None,
    json: AsJson = False,
) -> None:
    """Forget customers (GDPR, Article 17), then search everything to prove that nothing is left.

    Tables, the files of runs with all their versions, emails, and users in Personalize. From the first moment
    on nobody writes to them, which digests remember. Killed at any point, it is simply run again. Exits with
    1 if something is left.
    """
    from fondly.cli.cleanup.table import cleanup_table
    from fondly.cli.output import console, print_json, say
    from fondly.operations.customers.forget import forget as forget_customers
    from fondly.operations.customers.items import whom
    from fondly.operations.customers.proof import Forgotten
    from fondly.operations.errors import OperationError
    from fondly.operations.formatting import counted

    if not all(customers):
        raise typer.BadParameter("an id is not empty")
    role_arn = role_arn or await environment.role_arn("personalize")
    async with _scope(environment, dry_run, 60.0 * timeout_minutes, frozenset(dataset_group or ())) as scope:
        gone = await whom(scope, customers)
        question = f"Forget {counted(len(gone.customer_ids), 'customer')} for good? Type {FORGET} to go on: "
        if not (dry_run or yes) and ask(question).strip() != FORGET:
            raise OperationError("nothing forgotten")
        proof = await forget_customers(scope, gone, uploads=uploads, role_arn=role_arn, wait=wait)
    if json:
        print_json(Forgotten(rows=scope.report.rows, proof=proof))
    else:
        console().print(cleanup_table(scope.report.rows, dry_run=dry_run))
        if proof:
            _show_proof(proof)
    if dry_run:
        say("nothing forgotten: this was a dry run")
    if scope.report.failed or (proof and not proof.is_clean):
        raise typer.Exit(FOUND_WRONG)


@asynccontextmanager
async def _scope(
    environment: "Environment",
    dry_run: bool = False,  # noqa: FBT001, FBT002 - one of the command's options
    timeout_s: float = 0.0,
    dataset_groups: frozenset[str] = frozenset(),
) -> AsyncIterator["Scope"]:
    from fondly.cli.output import say
    from fondly.operations.cleanup.scope import open_scope

    async with open_scope(
        environment,
        run_id=None,
        dry_run=dry_run,
        timeout_s=timeout_s,
        dataset_groups=dataset_groups,
        tell=say,
    ) as scope:
        yield scope


def _show_proof(proof: "Proof") -> None:
    from fondly.cli.customers.tables import found_table, more, unseen_table, verdict
    from fondly.cli.output import console, say

    screen = console()
    if not proof.is_clean:
        screen.print()
        screen.print(found_table(proof))
    screen.print()
    screen.print(unseen_table(proof))
    for line in (*more(proof), verdict(proof)):
        say(line)
