"""How a process of ours runs: settings, logs, spans, event loop and signals around its work."""

import asyncio
import gc
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fondly.runtime.heartbeat import UnreachableQueueError
from fondly.runtime.logs import configure_logging, exporting_spans
from fondly.runtime.metrics import namespace
from fondly.runtime.settings import ProcessSettings, load_settings

Settings = TypeVar("Settings", bound=ProcessSettings)
Result = TypeVar("Result")
Work = Callable[[Settings, asyncio.Event], Awaitable[Result]]
GARBAGE_AFTER = 50_000
"""New objects until Python looks for cycles of garbage: at the default, 700, a tenth of the CPU time."""


def run_process(name: str, kind: type[Settings], work: Work[Settings, Result]) -> Result:
    """Load settings, set up logs and spans, and run `work`; SIGTERM and SIGINT set its stop event.

    Exits with 2 and one line if the settings are invalid, and with 1 if the queue cannot be reached any more.
    """
    import uvloop  # noqa: PLC0415 - the extra `service`, which commands do without

    collect_garbage_seldom()
    settings = load_settings(kind)
    configure_logging(service=name, level=settings.log_level)
    namespace.set(settings.metrics_namespace)
    with (
        exporting_spans(name, endpoint=settings.otlp_endpoint),
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        try:
            return runner.run(_until_stopped(settings, work))
        except UnreachableQueueError:
            sys.exit(1)  # the log has said why


def run_main(
    name: str,
    kind: type[Settings],
    *,
    module: str,
    description: str,
    serve: Work[Settings, str | None],
    check: Work[Settings, str | None],
) -> None:
    """Serve until SIGTERM or SIGINT; with `--check`, only see whether that is possible.

    Both functions return why they cannot, if so: then exits with 2 and one line that says it.
    """
    parser = ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--check", action="store_true", help="only see whether everything needed answers")
    arguments = parser.parse_args()
    if problem := run_process(name, kind, check if arguments.check else serve):
        sys.stderr.write(f"{'check failed' if arguments.check else 'not started'}: {problem}\n")
        sys.exit(2)


def collect_garbage_seldom() -> None:
    """Look for garbage in cycles after `GARBAGE_AFTER` objects, and never in what has been loaded so far."""
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER)


async def _until_stopped(settings: Settings, work: Work[Settings, Result]) -> Result:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return await work(settings, stop)
