"""For how long a consumer has received nothing although it tried: the measure of its health.

An empty answer is an answer. A handler at work and the circuit's pause excuse silence, because nothing may be
received then; a handler whose queue is gone ends by itself, when its message cannot be renewed.
"""

import asyncio
from collections.abc import Callable

UNHEALTHY_AFTER_S = 180.0
"""Outlasts several long polls of 20 s, and a short outage of SQS."""
GIVE_UP_AFTER_S = 300.0
"""From then on the process ends: Docker's restart policies look at exit codes only, not at health."""


class Silence:
    """The time since the queue last answered, or since there last was an excuse for not asking it."""

    def __init__(self) -> None:
        self._broken_at = _now_s()
        self._is_excused: Callable[[], object] = bool

    def excuse(self, is_excused: Callable[[], object]) -> None:
        """While this is true there is no silence."""
        self._is_excused = is_excused

    def broken(self) -> None:
        """Record an answer of the queue."""
        self._broken_at = _now_s()

    def measure(self) -> float:
        """Return the seconds since the queue answered, or since the last measurement with an excuse."""
        if self._is_excused():
            self.broken()
        return _now_s() - self._broken_at


def _now_s() -> float:
    return asyncio.get_running_loop().time()
