"""Ctrl-C and SIGTERM: the first cancels a command, which cleans up; others are ignored meanwhile."""

import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from fondly.operations.errors import OperationError

Result = TypeVar("Result")
SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interrupts() -> Iterator[None]:
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


def run_cancellable(work: Callable[[], Awaitable[Result]]) -> Result:
    """Run a coroutine function; the first signal cancels it, others are ignored while it cleans up."""
    import asyncio

    async def cancellable() -> Result:
        _cancel_on_signals()
        return await work()

    try:
        return asyncio.run(cancellable())
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
        with interrupts():
            answer = sys.stdin.readline()
    except KeyboardInterrupt:
        raise asyncio.CancelledError from None
    _cancel_on_signals()
    return answer


def confirm(question: str, word: str, *, otherwise: str) -> None:
    """Ask for a word, as a single key is pressed too easily; raise `OperationError` without it."""
    if ask(f"{question}Type {word} to go on: ").strip() != word:
        raise OperationError(otherwise)


def _cancel_on_signals() -> None:
    import asyncio

    if threading.current_thread() is threading.main_thread():
        pending = [asyncio.current_task()]
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, _cancel, pending)


def _cancel(pending: list[Any]) -> None:
    if pending:
        pending.pop().cancel()
