"""`fondly evaluate`: the commands of the distribution `fondly-evaluation`, where it is installed."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperGroup

from fondly.cli.output import say

WRONG_USAGE = 2


class Evaluation(TyperGroup):
    """Loads its commands when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer's copy of click is private
        """Return their names."""
        return _installed().list_commands(ctx)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - the same
        """Return a command, None if there is none of that name."""
        return _installed().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=Evaluation,
    no_args_is_help=True,
    help="How good recommendations and sentiment are, and whether reasons and copy are true.",
)


def _installed() -> TyperGroup:
    if find_spec("fondly.evaluation") is None:
        say("fondly-evaluation is not installed: `make setup` in a checkout installs it")
        raise typer.Exit(WRONG_USAGE)
    return typer.main.get_group(import_module("fondly.evaluation.commands").app)
