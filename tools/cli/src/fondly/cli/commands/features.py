"""`fondly features`: what emails may say that a product has; a person may change it."""

from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.commands.options import AsJson
from fondly.cli.execution import in_environment

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

app = typer.Typer(no_args_is_help=True, help="What emails may say that products have.")

Product = Annotated[str, typer.Argument(metavar="PRODUCT", help="A product's id.")]
FeatureTexts = Annotated[
    list[str], typer.Argument(metavar="FEATURE…", help='One to six noun phrases: "deep bass".')
]
OfRun = Annotated[
    str | None,
    typer.Option("--run", metavar="ID", help="Of the products that this run recommends; `latest` will do."),
]
Search = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Of products with this in their id, name or features.")
]
Refused = Annotated[
    bool, typer.Option("--refused", help="Show what was proposed and refused instead, with the reason.")
]
By = Annotated[
    str, typer.Option(metavar="NAME", envvar=["FONDLY_USER", "USER"], help="Who decides; it is stored.")
]
Language = Annotated[str, typer.Option(metavar="CODE", help="The language of the emails: en, de.")]


@app.command("list")
@in_environment
async def list_(
    environment: "Environment",
    *,
    run: OfRun = None,
    search: Search = None,
    refused: Refused = False,
    json: AsJson = False,
) -> None:
    """Show the features of products."""
    from fondly.cli.features.tables import feature_table
    from fondly.cli.output import console, print_json, say
    from fondly.operations.errors import OperationError
    from fondly.operations.features import Features

    if run and search:
        raise OperationError("give --run or --search, not both")
    features = await Features.of(environment)
    found, missing = await features.of_run(run) if run else (await features.of_text(search or ""), 0)
    shown = [each for each in found if each.refused] if refused else found
    if json:
        print_json(shown)
    elif shown:
        console().print(feature_table(shown, refused=refused))
    say(f"{len(shown)} products" + (f"; {missing} of the run have no features yet" if missing else ""))


@app.command()
@in_environment
async def show(environment: "Environment", product: Product, *, json: AsJson = False) -> None:
    """Show a product's features, who decided on them, and what was refused."""
    from fondly.cli.features.tables import show_features
    from fondly.cli.output import console, print_json
    from fondly.operations.features import Features

    record = await (await Features.of(environment)).of_product(product)
    if json:
        print_json(record)
    else:
        show_features(record, console())


@app.command("set")
@in_environment
async def set_(
    environment: "Environment",
    product: Product,
    features: FeatureTexts,
    *,
    by: By = "",
    language: Language = "en",
    json: AsJson = False,
) -> None:
    """Decide what emails may say that a product has.

    It holds until `reset`, even if the catalogue entry changes.
    """
    from fondly.cli.features.tables import show_features
    from fondly.cli.output import console, print_json, say
    from fondly.operations.features import Features

    known = await Features.of(environment)
    record, warnings = await known.decide(product, features, by=by, language=language)
    for warning in warnings:
        say(warning)
    if json:
        print_json(record)
    else:
        show_features(record, console())


@app.command()
@in_environment
async def reset(environment: "Environment", product: Product) -> None:
    """Forget a product's features, so that the model is asked for them in the next run."""
    from fondly.cli.output import say
    from fondly.operations.features import Features

    await (await Features.of(environment)).reset(product)
    say(f"the next run that recommends {product} asks the model for its features")
