"""The commands, by name. Modules that take time to load are imported by the commands that need them."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from fondly.cli.commands import (
    api,
    audit,
    check,
    cleanup,
    connect,
    cost,
    customer,
    demo,
    docs,
    emails,
    evaluate,
    events,
    queues,
    recommend,
    runs,
    setup,
    shop,
    smoke,
    stack,
    suppress,
    theme,
    upgrade,
    upload,
)
from fondly.cli.output import say

HELP = """Run Fondly here, and look after an environment anywhere: queues, runs, dead letters, events.

Commands address the AWS SDK's account and region (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …). Without
AWS_ENDPOINT_URL, AWS_PROFILE and --environment they use the local stack of `fondly up`, if it is running.

Exit codes: 0 fine, 1 something is wrong or missing, 2 wrong usage, 130 interrupted.
"""

WRONG_USAGE = 2


class Commands(TyperGroup):
    """Commands that tell of a bad option, such as a file that does not exist, in one line."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - of typer's own click
        """Run a command; exit with 2 if one of its options cannot be used."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            command = error.ctx.command_path if error.ctx else ctx.command_path
            say(f"{error.format_message()} `{command} --help` shows what can be given")
            raise typer.Exit(WRONG_USAGE) from None


app = typer.Typer(
    cls=Commands, help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)


def _show_version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"fondly {version('fondly-cli')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options of `fondly` itself; its help is `HELP`."""


app.command()(check.check)
app.command()(demo.demo)
app.command()(demo.compose_demo)
app.command()(stack.up)
app.command()(stack.console)
app.command()(stack.down)
app.command()(shop.init)
app.command()(upload.upload)
app.command()(setup.sample)
app.command()(setup.pictures)
app.command()(docs.docs)
app.command()(setup.provision)
app.command()(setup.verify)
app.command()(smoke.smoke)
app.command()(upgrade.upgrade)
app.command()(cleanup.cleanup)
app.command()(queues.queues)
app.command()(audit.audit)
app.command()(runs.runs)
app.command()(recommend.recommend)
app.add_typer(api.app, name="api")
app.add_typer(runs.app, name="run")
app.add_typer(emails.app, name="email")
app.add_typer(connect.app, name="connect")
app.add_typer(cost.app, name="cost")
app.add_typer(customer.app, name="customer")
app.add_typer(queues.app, name="dlq")
app.add_typer(events.app, name="events")
app.add_typer(customer.product_app, name="product")
app.add_typer(suppress.app, name="suppress")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(theme.app, name="theme")
app.add_typer(shop.app, name="config")
