"""Starts the console: `python -m fondly.console`; with `--url` prints a one-time address of one that runs."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fondly.console.acting import act_for_people
from fondly.console.alb import PublicKeys, SignedIn
from fondly.console.app import Console, Identify, console_app
from fondly.console.roles import ACTING, CONSOLE, Acting, Role
from fondly.console.sessions import LocalSessions, opening_path, read_key
from fondly.console.settings import ConsoleSettings, Identity
from fondly.operations.environment import Environment, open_environment
from fondly.operations.errors import OperationError
from fondly.operations.target import Target, load_topology
from fondly.operations.webhooks.sendings import Watch
from fondly.runtime.process import run_main
from fondly.runtime.readiness import problem_of
from fondly.runtime.settings import load_settings
from fondly.runtime.web.measures import Measures
from fondly.runtime.web.server import Listening, WebApp, serve_web

LINGER_S = 10.0
"""How long a load balancer may take to see that a task ends."""
WEBHOOKS = Acting("webhooks", Role.OPERATOR)
"""Who tells other systems what has become of runs."""


def main() -> None:
    """Answer requests, see whether that is possible, or print an address."""
    if sys.argv[1:] == ["--url"]:
        settings = load_settings(ConsoleSettings)
        sys.stdout.write(f"{settings.url}{opening_path(_key(settings))}\n")
        return
    run_main(
        "console",
        ConsoleSettings,
        module="fondly.console",
        description="Answer people who see to runs.",
        serve=serve,
        check=check,
    )


async def serve(settings: ConsoleSettings, stop: asyncio.Event) -> str:
    """Answer requests until `stop` is set; return why none can be answered, empty if it was stopped."""
    linger_s = LINGER_S if settings.console_identity is Identity.ALB else 0.0
    at = Listening(settings.console_host, settings.console_port, linger_s, settings.drain_s)
    try:
        async with _console(settings) as console:
            app, tell = WebApp(console_app(console), Measures()), partial(_tell, console.environment)
            return await serve_web(app, at, stop=stop, beside=[tell])
    except OperationError as error:
        return str(error)


async def _tell(environment: Environment, stop: asyncio.Event) -> None:
    """Tell other systems what has become of runs, as long as the console runs."""
    ACTING.set(WEBHOOKS)
    await Watch(environment).run(stop)


async def check(settings: ConsoleSettings, stop: asyncio.Event) -> str:  # noqa: ARG001 - as `serve`
    """Return why the ledger cannot be read in a role that is assumed, empty if it can."""

    async def look() -> str:
        async with _console(settings):
            return ""

    return await problem_of(look())


@asynccontextmanager
async def _console(settings: ConsoleSettings) -> AsyncIterator[Console]:
    sessions = None if settings.console_identity is Identity.ALB else LocalSessions(_key(settings))
    identify = sessions.person if sessions else await _signed_in(settings)
    target = Target(settings.environment, settings.region)
    async with open_environment(target, load_topology(settings.topology)) as environment:
        await _point_to_runs(environment)
        most = settings.console_max_upload_bytes
        yield Console(environment, identify, settings.hosts, sessions, max_upload_bytes=most)


async def _point_to_runs(environment: Environment) -> None:
    """Have the runs of earlier releases listed, which takes writing, so that viewers need not."""
    before = ACTING.set(CONSOLE._replace(role=Role.OPERATOR))
    await (await environment.ledger()).recent(limit=1)
    ACTING.reset(before)


async def _signed_in(settings: ConsoleSettings) -> Identify:
    """Know people by the load balancer, and act for them in its account."""
    signer = settings.console_signer or ""
    await act_for_people(settings.environment, signer, settings.region)
    ours = {"signer": signer, "iss": settings.console_issuer or "", "client": settings.console_client or ""}
    keys = PublicKeys(signer.split(":")[3])
    return SignedIn(ours, keys, settings.console_groups_claim, settings.console_groups or {}).person


def _key(settings: ConsoleSettings) -> bytes:
    return read_key(settings.console_key_file or Path())


if __name__ == "__main__":
    main()
