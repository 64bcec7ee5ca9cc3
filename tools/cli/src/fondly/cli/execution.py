"""How every command starts and ends: which environment it addresses, errors in one line, clean interrupts."""

import inspect
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import typer

from fondly.cli.commands.options import EnvironmentName, Region, TopologyFile
from fondly.cli.output import say

if TYPE_CHECKING:
    from fondly.operations.environment import Environment

FOUND_WRONG = 1
INTERRUPTED = 130
SIGNALS = (signal.SIGINT, signal.SIGTERM)

Options = ParamSpec("Options")


def guarded(command: Callable[Options, None]) -> Callable[Options, None]:
    """End a command cleanly: errors in one line with exit code 1, Ctrl-C and SIGTERM in one with 130."""

    @wraps(command)
    def run(*arguments: Options.args, **options: Options.kwargs) -> None:
        try:
            with _interrupts():
                command(*arguments, **options)
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            from fondly.cli.errors import explain

            if (message := explain(error)) is None:
                raise
            for line in message.split("\n"):
                say(line)
            raise typer.Exit(FOUND_WRONG) from error

    return run


def in_environment(
    command: Callable[Concatenate["Environment", Options], Awaitable[None]],
) -> Callable[..., None]:
    """Make a command of a coroutine function that takes an `Environment`; add the options that choose it."""

    @wraps(command)
    def run(*, environment: str | None, region: str | None, topology: Path | None, **options: Any) -> None:  # noqa: ANN401 - the command's own
        from fondly.cli.target import target
        from fondly.operations.environment import open_environment
        from fondly.operations.target import load_topology

        async def work() -> None:
            async with open_environment(chosen, load_topology(topology)) as opened:
                await command(opened, **options)  # type: ignore[call-arg] # typer has checked them

        with target(environment, region) as chosen:
            _run_cancellable(work)

    return guarded(_with_target_options(run, command))


@contextmanager
def _interrupts() -> Iterator[None]:
    """Raise `KeyboardInterrupt` for the first signal; ignore others, which would cut cleanup short."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python handles signals in the main thread only
        return
    before = [signal.signal(number, _interrupt_once) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _interrupt_once(_number: int, _frame: object) -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _run_cancellable(work: Callable[[], Awaitable[None]]) -> None:
    """Run a coroutine function; the first signal cancels it, others are ignored while it cleans up."""
    import asyncio

    async def cancellable() -> None:
        _cancel_on_signals()
        await work()

    try:
        asyncio.run(cancellable())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def ask(question: str) -> str:
    """Return a line from standard input, asked for on standard error by a coroutine; a signal cancels it."""
    import asyncio

    sys.stderr.write(question)
    sys.stderr.flush()
    for number in SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)  # it would wait for the answer
    try:
        with _interrupts():
            answer = sys.stdin.readline()
    except KeyboardInterrupt:
        raise asyncio.CancelledError from None
    _cancel_on_signals()
    return answer


def _cancel_on_signals() -> None:
    import asyncio

    if threading.current_thread() is threading.main_thread():
        pending = [asyncio.current_task()]
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, _cancel, pending)


def _cancel(pending: list[Any]) -> None:
    if pending:
        pending.pop().cancel()


def _with_target_options(run: Any, command: Callable[..., object]) -> Callable[..., None]:  # noqa: ANN401 - typer reads attributes
    """Show typer the command's own options and the target's instead of what `run` declares."""
    own = list(inspect.signature(command).parameters.values())[1:]
    keyword = inspect.Parameter.KEYWORD_ONLY
    target = {"environment": EnvironmentName, "region": Region, "topology": TopologyFile}
    parameters = [each.replace(kind=keyword) for each in own]
    parameters += [
        inspect.Parameter(name, keyword, default=None, annotation=option) for name, option in target.items()
    ]
    run.__signature__ = inspect.Signature(parameters, return_annotation=None)
    run.__annotations__ = {each.name: each.annotation for each in parameters} | {"return": None}
    made: Callable[..., None] = run
    return made
