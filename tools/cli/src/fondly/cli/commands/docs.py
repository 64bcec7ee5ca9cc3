"""`fondly docs`."""

import sys
from typing import Annotated

import typer

from fondly.cli.execution import guarded
from fondly.cli.output import say

Port = Annotated[int, typer.Option(min=0, max=65535, help="Where it listens; 0 for any free port.")]


@guarded
def docs(port: Port = 8029) -> None:
    """Serve the documentation on this machine alone, without a network; print its address."""
    from fondly.operations.errors import NotFoundError

    try:
        from fondly.docs import server
    except ModuleNotFoundError:
        raise NotFoundError("the documentation is not installed: `pip install fondly-docs`") from None
    if (found := server(port)) is None:
        raise NotFoundError("the documentation is not built: `make docs`")
    with found:
        sys.stdout.write(f"http://127.0.0.1:{found.server_port}/\n")
        sys.stdout.flush()
        say("stop with Ctrl-C")
        found.serve_forever()
