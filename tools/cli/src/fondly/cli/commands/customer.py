"""`fondly customer` and `fondly product`: what is known of customers, and how both are forgotten."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import Environment, in_environment
from fondly.cli.interrupts import confirm
from fondly.cli.options import AsJson, By, Deletion, DryRun, Yes, decider
from fondly.cli.output import print_json, say
from fondly.operations.errors import OperationError
from fondly.operations.formatting import counted

app = typer.Typer(no_args_is_help=True, help="What is known of customers; export it, and forget them.")
product_app = typer.Typer(no_args_is_help=True, help="What is kept of products.")

Who = Annotated[list[str], typer.Argument(metavar="CUSTOMER…", help="Ids of customers, or their addresses.")]
Products = Annotated[list[str], typer.Argument(metavar="PRODUCT…", help="The ids of products.")]
Uploads = Annotated[
    bool, typer.Option("--uploads", help="Also delete the uploaded files that name the customers.")
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until open runs have ended, and forget once more.")]
Out = Annotated[
    Path | None,
    typer.Option(dir_okay=False, show_default="ID.zip", help="The archive to write; it must not exist."),
]
Role = Annotated[
    str | None,
    typer.Option(
        envvar="FONDLY_PERSONALIZE_ROLE_ARN",
        show_default="that of the environment",
        help="The role with which Personalize reads the data bucket.",
    ),
]
DRY = "nothing forgotten: this was a dry run"


@app.command()
@in_environment
async def show(environment: Environment, customers: Who) -> Answer:
    """Show what the tables know of customers, and why they are or are not written to."""
    from fondly.cli.tables.customers import known_facts
    from fondly.operations.customers.items import whom
    from fondly.operations.customers.known import at_a_glance

    async with Deletion().scope(environment) as scope:
        known = await at_a_glance(scope, await whom(scope, customers))
    if known.is_empty:
        raise OperationError(
            "nothing is known of them in the tables: `fondly customer search` looks everywhere"
        )
    return Answer(known, [known_facts(known)])


@app.command()
@in_environment
async def export(
    environment: Environment, customers: Who, *, out: Out = None, by: By = None, json: AsJson = False
) -> None:
    """Give all that is known of customers, for themselves (GDPR, Articles 15 and 20).

    An archive with `customer.json` and their finished emails, readable by you alone; or all in one JSON.
    """
    from fondly.contracts.file_names import file_name
    from fondly.operations.customers.items import whom
    from fondly.operations.customers.known import exported, write_archive

    who = await decider(environment, by)
    async with Deletion().scope(environment) as scope:
        known = await exported(scope, await whom(scope, customers), by=who)
    if known.is_empty:
        raise OperationError("nothing is known of them")
    if json:
        print_json(known)
        return
    path = out or Path(f"{file_name(customers[0])}.zip")
    write_archive(known, path)
    items, emails = sum(map(len, known.tables.values())), len(known.emails)
    told = (counted(items, "item"), f"{len(known.objects)} files of runs", counted(emails, "email"))
    say(f"{path}: {', '.join(told)}")


@app.command()
@in_environment
async def search(environment: Environment, customers: Who) -> Answer:
    """Search everything for customers, every version of every object, and change nothing.

    Exits with 1 if something names them. It looks into archives, workbooks, Parquet files and emails, and
    says what it cannot look into.
    """
    from fondly.cli.tables.customers import proof_sections
    from fondly.operations.customers.forget import traces_of
    from fondly.operations.customers.items import whom
    from fondly.operations.customers.search import Search

    async with Deletion().scope(environment) as scope:
        proof = await Search(scope, traces_of(await whom(scope, customers))).run()
    return Answer(proof, proof_sections(proof), is_wrong=not proof.is_clean)


@app.command()
@in_environment
async def forget(
    environment: Environment,
    customers: Who,
    *,
    uploads: Uploads = False,
    wait: Wait = False,
    deletion: Deletion,
    role_arn: Role = None,
    by: By = None,
) -> Answer:
    """Forget customers (GDPR, Article 17), then search everything to prove that nothing is left.

    Tables, the files of runs with all their versions, emails, and users in Personalize. From the first moment
    on nobody writes to them, which digests remember. Killed at any point, it is simply run again. Exits with
    1 if something is left.
    """
    from fondly.cli.tables.cleanup import deleted_table
    from fondly.cli.tables.customers import proof_sections
    from fondly.operations.customers.forget import forget as forget_customers
    from fondly.operations.customers.items import whom

    dry_run = deletion.dry_run
    confirmed = dry_run or deletion.yes
    who = await decider(environment, by)
    role_arn = role_arn or await environment.role_arn("personalize")
    async with deletion.scope(environment) as scope:
        gone = await whom(scope, _named(customers))
        _confirm(gone.customer_ids, "customer", asked=not confirmed)
        done = await forget_customers(scope, gone, by=who, uploads=uploads, role_arn=role_arn, wait=wait)
    return Answer(
        done,
        [deleted_table(done.rows, dry_run=dry_run), *(proof_sections(done.proof) if done.proof else ())],
        [DRY] if dry_run else [],
        is_wrong=not done.is_complete,
    )


def _named(ids: list[str]) -> list[str]:
    """Return ids; raise `BadParameter` if one is empty."""
    if not all(ids):
        raise typer.BadParameter("an id is not empty")
    return ids


def _confirm(ids: Collection[str], noun: str, *, asked: bool) -> None:
    if asked:
        confirm(f"Forget {counted(len(ids), noun)} for good? ", "forget", otherwise="nothing forgotten")


@product_app.command("forget")
@in_environment
async def forget_products(
    environment: Environment, products: Products, *, dry_run: DryRun = False, yes: Yes = False
) -> Answer:
    """Forget products in the tables: entry, totals, opinions; says where they stay."""
    from fondly.cli.tables.cleanup import deleted_table
    from fondly.operations.customers.forget import erase_goods

    _confirm(_named(products), "product", asked=not (dry_run or yes))
    async with Deletion(dry_run=dry_run).scope(environment) as scope:
        await erase_goods(scope, products)
    rows = scope.report.rows
    shown = [deleted_table(rows, dry_run=dry_run)]
    return Answer(rows, shown, [DRY] if dry_run else [], is_wrong=scope.report.failed)
