"""`fondly evaluate sample`: a made-up shop of any size."""

from pathlib import Path
from typing import Annotated

import typer

from fondly.cli.execution import guarded


@guarded
def sample(
    path: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    customers: Annotated[int, typer.Option(min=1, help="The number of customers.")] = 1500,
    products: Annotated[int, typer.Option(min=12, help="The number of products.")] = 300,
) -> None:
    """Write a made-up shop of any size as a file to upload."""
    if customers < products:
        raise typer.BadParameter("there must be at least as many customers as products")
    from fondly.evaluation.sample import write_sample

    write_sample(path, customers=customers, products=products)
