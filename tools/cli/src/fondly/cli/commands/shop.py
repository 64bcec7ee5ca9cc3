"""`fondly init` and `fondly config`: the one settings file of a shop."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.answer import Answer
from fondly.cli.execution import guarded
from fondly.cli.options import ConfigFile
from fondly.cli.output import say
from fondly.operations.errors import OperationError

if TYPE_CHECKING:
    from fondly.operations.shop import Shop
    from fondly.operations.shop.writing import Said

NO_FILE = "there is no fondly.toml here: `fondly init` writes one, --config names another"

app = typer.Typer(no_args_is_help=True, help="The shop's settings: what applies, and for other ways to run.")

Data = Annotated[
    Path | None,
    typer.Argument(exists=True, show_default="none", help="A file of the shop, or a folder, to guess from."),
]
Target = Annotated[Path, typer.Option("--config", dir_okay=False, help="The file to write.")]
Yes = Annotated[
    bool, typer.Option("--yes", help="Ask nothing: take what the files prove, and mark the rest.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that exists.")]


@app.callback()
def config() -> None:
    """What applies to the shop, and the same for other ways to run."""


@guarded
def init(
    data: Data = None, target: Target = Path("fondly.toml"), *, yes: Yes = False, force: Force = False
) -> None:
    """Write the shop's settings file by asking.

    Suggestions come from the shop's own files, if they are given, and from the machine, each with why. With
    --yes only what the files prove is taken. Every other key is in the file as a comment. Editors check and
    complete it by the schema that is written beside it.
    """
    from fondly.operations.shop.writing import SCHEMA_FILE, commented, schema_text

    if target.exists() and not force:
        raise OperationError(f"{target} exists: change it there, or replace it with --force")
    if not (yes or sys.stdin.isatty()):
        raise OperationError("no terminal to ask on: `fondly init --yes` takes what the files prove")
    said = _said_of(data, ask=not yes)
    target.write_text(commented(said), encoding="utf-8")
    (target.parent / SCHEMA_FILE).write_text(schema_text(), encoding="utf-8")
    say(f"{target} and {SCHEMA_FILE} are written; `fondly config show` says what applies")
    for key, why in said.proven.items():
        say(f"{key}: {why}")
    if said.missing:
        say(f"to fill in, marked in {target}: {', '.join(said.missing)}")


@app.command()
@guarded
def show(config: ConfigFile = None) -> Answer:
    """Show what applies, and from where: the file, the environment, or the default.

    Variables of the environment go first, and are named.
    """
    from fondly.cli.tables.declaration import Remark, Table
    from fondly.cli.tables.settings import SETTINGS
    from fondly.operations.shop import Origin
    from fondly.operations.shop.rows import rows

    shop = _loaded(config)
    found = rows(shop)
    told = [f"file: {shop.file}" if shop.file else NO_FILE]
    if apart := [row.variables[0] for row in found if row.origin is Origin.ENVIRONMENT]:
        told.append(f"environment: {', '.join(apart)}")
    return Answer(found, [*map(Remark, told), Table(SETTINGS, found)])


@app.command()
@guarded
def env(config: ConfigFile = None) -> None:
    """Print the services' variables, for docker compose.

    `fondly config env >shop.env && docker compose --env-file shop.env up`
    """
    from fondly.operations.shop.rendering import as_dotenv

    sys.stdout.write(as_dotenv(_said(config)))


@app.command()
@guarded
def tfvars(config: ConfigFile = None) -> None:
    """Print the variable `shop` for Terraform.

    `fondly config tfvars >shop.auto.tfvars.json`
    """
    from fondly.operations.shop.rendering import as_tfvars

    sys.stdout.write(as_tfvars(_said(config)))


@app.command()
@guarded
def schema() -> None:
    """Print the JSON Schema by which editors check and complete the file."""
    from fondly.operations.shop.writing import schema_text

    sys.stdout.write(schema_text())


def _said_of(data: Path | None, *, ask: bool) -> "Said":
    from functools import cache

    from fondly.cli.asking import ask_for
    from fondly.operations.shop.guessing import Guess, suggestions
    from fondly.operations.shop.writing import Said

    @cache
    def suggest(locale: str) -> dict[str, Guess]:
        return suggestions(data, locale=locale)

    if not ask:
        return Said.proven_by(suggest(""))
    try:
        return Said(ask_for(suggest))
    except typer.Abort:
        raise KeyboardInterrupt from None


def _loaded(config: Path | None) -> "Shop":
    from fondly.operations.shop import load_shop
    from fondly.operations.shop.loading import require_theme

    shop = load_shop(config)
    if shop.file:
        require_theme(shop.file)
    return shop


def _said(config: Path | None) -> Mapping[str, str]:
    """What the file says. Without a file there is nothing to render."""
    from fondly.operations.shop.loading import UNSUBSCRIBE_KEY, UNSUBSCRIBE_URL

    shop = _loaded(config)
    if shop.file is None:
        raise OperationError(NO_FILE)
    if UNSUBSCRIBE_URL in shop.variables:
        say(f"brand.unsubscribe_url needs {UNSUBSCRIBE_KEY} as well, which is a secret and not in the file")
    return shop.variables
