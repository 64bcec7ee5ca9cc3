"""Starts the console: `python -m fondly.console`."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

from pydantic import Field
from starlette.requests import HTTPConnection

from fondly.console.app import Console, console_app, one_environment
from fondly.console.roles import Person
from fondly.console.sessions import LocalSessions, read_key
from fondly.operations.environment import open_environment
from fondly.operations.target import Target, load_topology
from fondly.runtime.logs import get_logger
from fondly.runtime.process import run_process
from fondly.runtime.settings import WebSettings
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.server import Listening, WebApp, serve_web

log = get_logger()


class ConsoleSettings(WebSettings):
    """The settings of the console, from `FONDLY_CONSOLE_…`."""

    console_host: str = "127.0.0.1"
    console_port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    console_key_file: Path
    """The key that signs one-time addresses and sessions; it is made if there is none."""
    region: Annotated[str, Field(validation_alias="AWS_REGION")] = "eu-west-1"


def main() -> None:
    """Answer requests."""
    run_process("console", ConsoleSettings, serve)


async def serve(settings: ConsoleSettings, stop: asyncio.Event) -> str:
    """Answer requests until `stop` is set; return why none can be answered, empty if it was stopped."""
    async with AsyncExitStack() as stack:
        target = Target(settings.environment, settings.region)
        opened = open_environment(target, load_topology(None))
        sessions = LocalSessions(read_key(settings.console_key_file))

        async def identify(connection: HTTPConnection) -> Person | None:
            return sessions.person(connection)

        names = ("127.0.0.1", "localhost", "[::1]")
        console = Console(
            name=settings.environment,
            identify=identify,
            environment_of=await stack.enter_async_context(one_environment(opened)),
            hosts=frozenset(f"{name}:{settings.console_port}" for name in names),
            sessions=sessions,
        )
        app = WebApp(console_app(console), Measures())
        at = Listening(settings.console_host, settings.console_port, linger_s=0.0, drain_s=settings.drain_s)
        return await serve_web(app, at, stop=stop)


if __name__ == "__main__":
    main()
