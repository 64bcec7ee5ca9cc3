"""What every service's `__main__` does around its own wiring."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.settings import ServiceSettings, load_settings
from shared.telemetry import configure_logging, get_logger

Settings = TypeVar("Settings", bound=ServiceSettings)
Serve = Callable[[Settings, asyncio.Event], Awaitable[None]]


def run_service(name: str, kind: type[Settings], serve: Serve[Settings]) -> None:
    """Load settings, set up logs, and serve until SIGTERM or SIGINT asks to stop."""
    settings = load_settings(kind)
    configure_logging(service=name, level=settings.log_level)
    asyncio.run(_serve(settings, serve))


async def _serve(settings: Settings, serve: Serve[Settings]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log = get_logger()
    log.info("service_started")
    await serve(settings, stop)
    log.info("service_stopped")
