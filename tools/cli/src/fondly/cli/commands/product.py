"""`fondly product`: forgets products."""

from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.commands.customer import DRY, confirm_forgetting, named
from fondly.cli.execution import in_environment
from fondly.cli.options import Deletion, DryRun, Yes

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

app = typer.Typer(no_args_is_help=True, help="What is kept of products.")

Products = Annotated[list[str], typer.Argument(metavar="PRODUCT…", help="The ids of products.")]


@app.command()
@in_environment
async def forget(
    environment: "Environment", products: Products, *, dry_run: DryRun = False, yes: Yes = False
) -> Answer:
    """Forget products in the tables: entry, features, opinions; says where they stay."""
    from fondly.cli.tables.cleanup import deleted_table
    from fondly.operations.customers.forget import erase_goods

    number = len(named(products))
    if not (dry_run or yes):
        confirm_forgetting(number, "product")
    async with Deletion(dry_run=dry_run).scope(environment) as scope:
        await erase_goods(scope, products)
    rows = scope.report.rows
    shown = [deleted_table(rows, dry_run=dry_run)]
    return Answer(rows, shown, [DRY] if dry_run else [], is_wrong=scope.report.failed)
