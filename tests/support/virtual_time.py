"""An event loop whose time passes only by waiting, so that tests of minutes take moments."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class JumpingSelector(selectors.SelectSelector):
    """A selector that never waits, but adds up how long it would have waited."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Jump to when the next callback is due."""
        assert timeout is not None, "all tasks wait for ever"
        self.now_s += max(timeout, 0.0)
        return super().select(0)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time."""

    def __init__(self) -> None:
        self._selector = JumpingSelector()
        super().__init__(self._selector)

    def time(self) -> float:
        """Virtual seconds."""
        return self._selector.now_s


def in_virtual_time(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end, in virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
