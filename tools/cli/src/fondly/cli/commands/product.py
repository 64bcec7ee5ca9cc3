"""`fondly product`: forgets products."""

from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import FOUND_WRONG, ask, in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

app = typer.Typer(no_args_is_help=True, help="What is kept of products.")

Products = Annotated[list[str], typer.Argument(metavar="PRODUCT…", help="The ids of products.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be forgotten.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
FORGET = "forget"


@app.command()
@in_environment
async def forget(
    environment: "Environment",
    products: Products,
    *,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: AsJson = False,
) -> None:
    """Forget products in the tables: entry, features, opinions; says where they stay."""
    from fondly.cli.cleanup.table import cleanup_table
    from fondly.cli.output import console, print_json, say
    from fondly.operations.cleanup.scope import open_scope
    from fondly.operations.customers.forget import erase_goods
    from fondly.operations.errors import OperationError
    from fondly.operations.formatting import counted

    if not all(products):
        raise typer.BadParameter("an id is not empty")
    question = f"Forget {counted(len(products), 'product')} for good? Type {FORGET} to go on: "
    if not (dry_run or yes) and ask(question).strip() != FORGET:
        raise OperationError("nothing forgotten")
    async with open_scope(environment, run_id=None, dry_run=dry_run, timeout_s=0.0, tell=say) as scope:
        await erase_goods(scope, products)
        rows = scope.report.rows
    if json:
        print_json(rows)
    else:
        console().print(cleanup_table(rows, dry_run=dry_run))
    if dry_run:
        say("nothing forgotten: this was a dry run")
    if scope.report.failed:
        raise typer.Exit(FOUND_WRONG)
