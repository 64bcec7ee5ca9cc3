"""`fondly events`."""

from typing import Annotated

import typer

from fondly.cli.execution import Environment, in_environment
from fondly.cli.options import AsJson, OfRun

app = typer.Typer(no_args_is_help=True, help="The events that services publish.")

Topics = Annotated[list[str] | None, typer.Option(help="Only this topic; may be repeated.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Stop after this many events.")]
Duration = Annotated[float | None, typer.Option(min=0, help="Stop after this many seconds.")]


@app.command()
@in_environment
async def tail(
    environment: Environment,
    *,
    topic: Topics = None,
    run: OfRun = None,
    limit: Limit = None,
    timeout_s: Duration = None,
    json: AsJson = False,
) -> None:
    """Print events as they come, until Ctrl-C.

    `--json` prints one per line.
    """
    from fondly.cli.tail import print_events

    await print_events(environment, topic or [], run or "", limit=limit, timeout_s=timeout_s, json=json)
