"""`fondly up` and `fondly down`: the local stack in the background."""

import sys
from typing import TYPE_CHECKING

from fondly.cli.commands.options import AsJson, ConfigFile
from fondly.cli.execution import guarded

if TYPE_CHECKING:
    from fondly.operations.local_stack import BackgroundStack


@guarded
def up(config: ConfigFile = None, *, json: AsJson = False) -> None:
    """Start a local stack in the background.

    Prints its variables as lines for a shell; `eval "$(fondly up)"` sets it for the AWS CLI. Other
    commands find the stack by themselves. It has an emulator of S3, SNS, SQS and DynamoDB, understudy for
    the AI services, and the services with the shop's settings, all on loopback. If one is running
    already, up only says so.
    """
    from fondly.cli.output import say
    from fondly.operations.local_stack import exported, running_stack
    from fondly.operations.shop import load_shop
    from fondly.stack.background import start_stack
    from fondly.stack.local_shop import stack_variables

    if stack := running_stack():
        say(f"the local stack is already running (process {stack.pid})")
    else:
        variables = stack_variables(load_shop(config))
        say("starting the local stack")
        with exported(variables):
            stack = start_stack()
        say(f"running (process {stack.pid}), logs in {stack.folder.logs}; `fondly down` stops it")
    _show(stack, json=json)


@guarded
def down() -> None:
    """Stop the local stack; harmless if none is running."""
    from fondly.cli.output import say
    from fondly.stack.background import stop_stack

    say("the local stack has stopped" if stop_stack() else "no local stack is running")


def _show(stack: "BackgroundStack", *, json: bool) -> None:
    from json import dumps

    from fondly.stack.background import export_lines

    facts = {"pid": stack.pid, "logs": str(stack.folder.logs), "variables": dict(stack.variables)}
    sys.stdout.write(dumps(facts, indent=2) + "\n" if json else export_lines(stack.variables))
