"""`encore erase`: forget customers."""

from typing import TYPE_CHECKING, Annotated

import typer

from encore.cli.commands.options import AsJson
from encore.cli.execution import FOUND_WRONG, ask, in_environment

if TYPE_CHECKING:
    from encore.cli.environment import Environment

Customers = Annotated[list[str] | None, typer.Argument(metavar="CUSTOMER", help="The ids of customers.")]
Products = Annotated[list[str] | None, typer.Option("--product", help="Forget a product, too.")]
Uploads = Annotated[
    bool, typer.Option("--uploads", help="Also delete the uploaded files that mention the customers.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Minutes = Annotated[int, typer.Option(min=1, help="Wait this long for Personalize to delete.")]
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
        envvar="ENCORE_PERSONALIZE_ROLE_ARN",
        show_default="that of the environment",
        help="The role with which Personalize reads the data bucket.",
    ),
]
ERASE = "erase"


@in_environment
async def erase(
    environment: "Environment",
    customers: Customers = None,
    *,
    product: Products = None,
    uploads: Uploads = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    timeout_minutes: Minutes = 60,
    dataset_group: Groups = None,
    role_arn: Role = None,
    json: AsJson = False,
) -> None:
    """Erase all that is kept of customers (GDPR, Article 17).

    Tables, the files of runs with all their versions, emails, and users in Personalize. Ends with what is
    left, and why. Killed at any point, it is simply run again. Exits with 1 if something could not be erased.
    """
    from encore.cli.cleanup.scope import open_scope
    from encore.cli.cleanup.table import cleanup_table
    from encore.cli.erasure.erase import erase as erase_customers
    from encore.cli.erasure.erase import erase_goods
    from encore.cli.errors import CommandError
    from encore.cli.output import console, print_json, say

    wanted, products = list(dict.fromkeys(customers or ())), list(dict.fromkeys(product or ()))
    if not (wanted or products) or not all([*wanted, *products]):
        raise typer.BadParameter("give the id of a customer, or --product ID")
    if not (dry_run or yes) and ask(_question(len(wanted), len(products))).strip() != ERASE:
        raise CommandError("nothing erased")
    role_arn = role_arn or await _role(environment)
    async with open_scope(
        environment,
        run_id=None,
        dry_run=dry_run,
        timeout_s=60.0 * timeout_minutes,
        dataset_groups=frozenset(dataset_group or ()),
    ) as scope:
        if wanted:
            await erase_customers(scope, wanted, uploads=uploads, role_arn=role_arn)
        if products:
            await erase_goods(scope, products)
        rows = scope.report.rows
    if json:
        print_json(rows)
    else:
        console().print(cleanup_table(rows, dry_run=dry_run))
    if dry_run:
        say("nothing erased: this was a dry run")
    if scope.report.failed:
        raise typer.Exit(FOUND_WRONG)


def _question(customers: int, products: int) -> str:
    """Name how many, not who: terminals are recorded."""
    return f"Erase {customers} customers and {products} products for good? Type {ERASE} to go on: "


async def _role(environment: "Environment") -> str:
    """The role's ARN as Terraform names it, in the account that the environment's queues are in."""
    url = await environment.queue_url(next(iter(environment.topology.queues)))
    _, partition, _, _, account, _ = (await environment.queue_arn(url)).split(":")
    return f"arn:{partition}:iam::{account}:role/{environment.name}-personalize"
