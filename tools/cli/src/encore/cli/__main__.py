"""The operators' command line: `encore-ops`, or `python -m ops`."""

import typer

from encore.cli import stack_commands
from encore.cli.commands import dead_letters, events, runs
from encore.cli.commands.queues import queues

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=(
        "Look after a stage: queues, runs, dead letters, events. Endpoint, region and credentials are the AWS"
        " SDK's own. Ends with 0 when all is well, 1 when something is wrong or not there, 2 for wrong usage."
    ),
)
app.command()(queues)
app.command()(runs.runs)
app.add_typer(runs.app, name="run")
app.add_typer(dead_letters.app, name="dlq")
app.add_typer(events.app, name="events")
app.registered_commands += stack_commands.app.registered_commands


def main() -> None:
    """Run a command."""
    app(prog_name="encore")


if __name__ == "__main__":
    main()
