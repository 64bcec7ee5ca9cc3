"""`fondly up` and `fondly down`: the local stack in the background."""

import sys

from fondly.cli.execution import guarded
from fondly.cli.options import AsJson, ConfigFile
from fondly.cli.output import print_json, say


@guarded
def up(config: ConfigFile = None, *, json: AsJson = False) -> None:
    """Start a local stack in the background.

    Prints its variables as lines for a shell; `eval "$(fondly up)"` sets it for the AWS CLI. Other
    commands find the stack by themselves. It has an emulator of S3, SNS, SQS and DynamoDB, understudy for
    the AI services, and the services with the shop's settings, all on loopback. If one is running
    already, up only says so, and refuses one of another checkout.
    """
    from fondly.operations.local_stack import exported
    from fondly.operations.shop import load_shop
    from fondly.stack.background import export_lines, own_stack, start_stack
    from fondly.stack.local_shop import stack_variables

    if stack := own_stack():
        say(f"the local stack is already running (process {stack.pid})")
    else:
        variables = stack_variables(load_shop(config))
        say("starting the local stack")
        with exported(variables):
            stack = start_stack()
        say(f"running (process {stack.pid}), logs in {stack.folder.logs}; `fondly down` stops it")
    if json:
        print_json({"pid": stack.pid, "logs": str(stack.folder.logs), "variables": dict(stack.variables)})
    else:
        sys.stdout.write(export_lines(stack.variables))


@guarded
def down() -> None:
    """Stop the local stack; harmless if none is running."""
    from fondly.stack.background import stop_stack

    say("the local stack has stopped" if stop_stack() else "no local stack is running")
