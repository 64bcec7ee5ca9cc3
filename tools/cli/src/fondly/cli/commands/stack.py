"""`fondly up`, `fondly console` and `fondly down`: the local stack in the background."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fondly.cli.execution import guarded
from fondly.cli.options import AsJson, ConfigFile
from fondly.cli.output import print_json, say

if TYPE_CHECKING:
    from fondly.operations.local_stack import BackgroundStack

Erase = Annotated[bool, typer.Option("--erase", help="Delete all that local stacks have kept: runs, emails.")]


@guarded
def up(config: ConfigFile = None, *, json: AsJson = False) -> None:
    """Start a local stack in the background.

    It goes on with the runs of the one before. In a pipe its variables are printed as lines for a shell:
    `eval "$(fondly up)"` sets it for the AWS CLI. Other commands find the stack by themselves. It has an
    emulator of S3, SNS, SQS and DynamoDB, understudy for the AI services, and the services with the shop's
    settings, all on loopback. If one is running already, up says so; it refuses one of another checkout.
    """
    from fondly.operations.local_stack import exported
    from fondly.operations.shop import load_shop
    from fondly.operations.transaction_speed import slow_transactions
    from fondly.stack.background import export_lines, own_stack, start_stack
    from fondly.stack.local_shop import stack_variables

    stack = own_stack()
    if stack:
        say(f"the local stack is already running (process {stack.pid})")
    else:
        variables = stack_variables(load_shop(config))
        with exported(variables):
            stack = start_stack()
        with exported(stack.variables):
            if warning := slow_transactions():
                say(warning)
    for line in _about(stack):
        say(line)
    if json:
        print_json({"pid": stack.pid, "logs": str(stack.folder.logs), "variables": dict(stack.variables)})
    elif not sys.stdout.isatty():
        sys.stdout.write(export_lines(stack.variables))


def _about(stack: "BackgroundStack") -> Iterator[str]:
    """What somebody who has started a stack does next, in five lines."""
    yield f"running: all services, process {stack.pid}, at {stack.variables['AWS_ENDPOINT_URL']}"
    yield "start a run: `fondly upload FOLDER`; follow it: `fondly run watch latest`"
    yield look(stack)
    yield f"logs: {stack.folder.logs}"
    yield "stop: `fondly down` keeps the runs, `fondly down --erase` deletes them"


def look(stack: "BackgroundStack") -> str:
    """Where everything can be seen, or why not: all else runs without the console."""
    from fondly.stack.processes import StackNotReadyError

    try:
        return f"look at everything: {console_url(stack)}"
    except StackNotReadyError as error:
        return str(error)


@guarded
def console() -> None:
    """Print an address of the local stack's console: open it once, within ten minutes.

    The browser then stays signed in for twelve hours.
    """
    from fondly.stack.background import own_stack
    from fondly.stack.processes import StackNotReadyError

    if (stack := own_stack()) is None:
        raise StackNotReadyError("no stack is running here: `fondly up`")
    sys.stdout.write(f"{console_url(stack)}\n")


def console_url(stack: "BackgroundStack") -> str:
    """Return a one-time address, once the console answers; raise `StackNotReadyError` if it does not."""
    from fondly.console.sessions import opening_path, read_key
    from fondly.stack.embedded import CONSOLE, CONSOLE_KEY, CONSOLE_PORT, await_answer
    from fondly.stack.processes import StackNotReadyError

    def check() -> None:
        if death := stack.death_of(CONSOLE):
            raise StackNotReadyError(f"the console does not answer: {death}")

    url = f"http://127.0.0.1:{stack.variables[CONSOLE_PORT]}"
    await_answer(f"{url}/live", check)  # an address of before it has begun is refused
    return url + opening_path(read_key(Path(stack.variables[CONSOLE_KEY])))


@guarded
def down(*, erase: Erase = False) -> None:
    """Stop the local stack; harmless if none is running.

    The next `fondly up` goes on with its runs, unless they are erased.
    """
    from fondly.operations.local_stack import state_folder
    from fondly.stack.background import erase_state, stop_stack

    say("the local stack has stopped" if stop_stack() else "no local stack is running")
    if erase:
        erase_state(state_folder())
        say("what it had kept is deleted")
