"""How many requests there were, how they ended and how long they took, as metrics of some seconds each."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

from fondly.runtime.metrics import MAX_VALUES, Metric, emit

EVERY_S = 10.0


class Measures:
    """Collects what is written every `EVERY_S`: a line for each request would be most of the log."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._seconds: list[float] = []
        self._refused = self._failed = self._fallbacks = 0

    def note(self, status: int, seconds: float) -> None:
        """Take account of a request."""
        self._seconds.append(seconds)
        self._refused += status == HTTPStatus.TOO_MANY_REQUESTS
        self._failed += status >= HTTPStatus.INTERNAL_SERVER_ERROR

    def note_fallback(self) -> None:
        """Take account of an answer that does not come from the campaign that was asked."""
        self._fallbacks += 1

    def write(self) -> None:
        """Write what has come since the last time, if anything has."""
        if not self._seconds:
            return
        emit(
            {
                Metric.WEB_REQUESTS: len(self._seconds),
                Metric.WEB_REQUESTS_REFUSED: self._refused,
                Metric.WEB_REQUESTS_FAILED: self._failed,
                Metric.WEB_FALLBACKS: self._fallbacks,
                Metric.WEB_SECONDS: list(_sample(self._seconds)),
            }
        )
        self._begin()

    async def run(self, stop: asyncio.Event) -> None:
        """Write at intervals until `stop` is set, and once more then."""
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_S)
            self.write()


def _sample(seconds: list[float]) -> Iterator[float]:
    """Yield at most `MAX_VALUES` of the values: those that stand for equal shares, and so the largest too."""
    ordered = sorted(seconds)
    shown = min(len(ordered), MAX_VALUES)
    for place in range(1, shown + 1):
        yield round(ordered[place * len(ordered) // shown - 1], 6)
