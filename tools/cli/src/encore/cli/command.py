"""What all commands have in common: where they look, how they end."""

import asyncio
import inspect
import signal
import threading
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer
from botocore.exceptions import BotoCoreError, ClientError

from encore.cli.errors import OpsError
from encore.cli.place import Place, open_place
from encore.cli.show import say
from encore.stack.embedded import STAGE
from encore.stack.topology import TOPOLOGY

FOUND_WRONG = 1
INTERRUPTED = 130

Options = ParamSpec("Options")
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, and nothing else, on stdout.")]
StageOption = Annotated[
    str, typer.Option(envvar="ENCORE_STAGE", help="What the names begin with, such as encore-prod.")
]
Region = Annotated[str | None, typer.Option(help="By default that of the AWS configuration.")]
TopologyFile = Annotated[
    Path, typer.Option(envvar="ENCORE_TOPOLOGY", exists=True, dir_okay=False, help="infra/topology.yaml.")
]


def at_a_stage(command: Callable[Concatenate[Place, Options], Awaitable[None]]) -> Callable[..., None]:
    """Make a command of a coroutine function: it gets a `Place`, and the options that say which.

    Whatever goes wrong ends in one line on standard error and exit code 1.
    """

    @wraps(command)
    def run(*, stage: str, region: str | None, topology: Path, **options: Any) -> None:  # noqa: ANN401 - the command's own
        async def at_place() -> None:
            _cancel_on_signals()
            async with open_place(stage, region=region, topology=topology) as place:
                await command(place, **options)  # type: ignore[call-arg] # typer has checked them

        try:
            asyncio.run(at_place())
        except (OpsError, ClientError, BotoCoreError) as error:
            say(str(error))
            raise typer.Exit(FOUND_WRONG) from error
        except asyncio.CancelledError:
            raise typer.Exit(INTERRUPTED) from None

    return _with_place_options(run, command)


def _cancel_on_signals() -> None:
    """Let Ctrl-C and SIGTERM cancel this task, once: what it does to tidy up is not cut short by another."""
    if threading.current_thread() is not threading.main_thread():
        return  # Python hands signals to the main thread only
    loop, task, signals = asyncio.get_running_loop(), asyncio.current_task(), (signal.SIGINT, signal.SIGTERM)
    pending = [task] if task else []
    for number in signals:
        loop.add_signal_handler(number, lambda: pending and pending.pop().cancel())


def _with_place_options(run: Any, command: Callable[..., object]) -> Callable[..., None]:  # noqa: ANN401 - typer reads attributes
    """Let typer see the command's own options and those of the place instead of what `run` declares."""
    own = list(inspect.signature(command).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    place = [
        inspect.Parameter("stage", keyword, default=STAGE, annotation=StageOption),
        inspect.Parameter("region", keyword, default=None, annotation=Region),
        inspect.Parameter("topology", keyword, default=TOPOLOGY, annotation=TopologyFile),
    ]
    parameters = [each.replace(kind=keyword) for each in own] + place
    run.__signature__ = inspect.Signature(parameters, return_annotation=None)
    run.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": None}
    made: Callable[..., None] = run
    return made
