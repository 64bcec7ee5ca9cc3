"""Serves the application until it is told to stop, and then finishes what it has begun."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from fondly.runtime.logs import get_logger
from fondly.runtime.readiness import said
from fondly.runtime.web.connections import KEEP_ALIVE_S, BoundedConnection
from fondly.runtime.web.measures import Measures

MAX_HEAD_BYTES = 16 * 1024
BACKLOG = 512
Beside = Callable[[asyncio.Event], Coroutine[Any, Any, None]]
"""What runs until the event that it is given is set."""
log = get_logger()


@dataclass(frozen=True)
class WebApp:
    """What a server serves, with what has to run beside it."""

    gate: ASGIApp
    measures: Measures
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set some time before the server stops: the process is no longer ready for new requests."""


@dataclass(frozen=True)
class Listening:
    """Where a server listens, and how it stops."""

    host: str
    port: int
    """0 is any free one."""
    linger_s: float
    """For how long new requests are still answered, until a load balancer sends none."""
    drain_s: float
    """How long those that have begun may then take."""
    proxies: str = ""
    """Whose `X-Forwarded-For` names the caller: addresses and networks, separated by commas."""


class _Server(uvicorn.Server):
    """Leaves signals to the process, which stops more than the server."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


async def serve_web(app: WebApp, at: Listening, *, stop: asyncio.Event, beside: Sequence[Beside] = ()) -> str:
    """Answer requests and report measures until `stop` is set; return why not, empty if it was."""
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for run in (app.measures.run, *beside):
            tasks.create_task(run(ended))
        try:
            await serve_app(app, at, stop=stop)
        except OSError as error:
            return said(error)
        finally:
            ended.set()
    log.info("service_stopped")
    return ""


async def serve_app(
    app: WebApp,
    at: Listening,
    *,
    stop: asyncio.Event,
    listening: Callable[[tuple[str, int]], None] = lambda _: None,
) -> None:
    """Answer requests until `stop` is set; raise `OSError` if the address cannot be listened on.

    After that, new requests are answered for `linger_s` while `/health` says no, and those that have begun
    may take `drain_s`. `listening` is told host and port once connections are accepted.
    """
    listener = _listen(at.host, at.port)
    server = _Server(
        uvicorn.Config(
            app.gate,
            http=BoundedConnection,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # a path or a token names a customer
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=at.proxies,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=round(at.drain_s),
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    host, port = listener.getsockname()[:2]
    log.info("web_listening", host=host, port=port)
    listening((host, port))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    app.stopping.set()
    if not serving.done():
        await asyncio.wait({serving}, timeout=at.linger_s)
    server.should_exit = True
    stopping.cancel()
    await serving


def _listen(host: str, port: int) -> socket.socket:
    [(family, _, _, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)  # noqa: FBT003 - its only parameter
    return listener
