"""A memory of limited size that forgets what was asked for longest ago."""

from collections.abc import Callable, Hashable
from math import inf
from time import monotonic
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """Keeps the `most` values that were used last, each for `keep_s` seconds."""

    def __init__(self, most: int, *, keep_s: float = inf, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._keep_s, self._clock = most, keep_s, clock
        self._kept: dict[Hashable, tuple[Kept, float]] = {}

    def get(self, key: Hashable) -> Kept | None:
        """Return the value of a key, None if there is none that is still good."""
        found = self._kept.pop(key, None)
        if found is None or found[1] <= self._clock():
            return None
        self._kept[key] = found  # behind all others, which go first
        return found[0]

    def put(self, key: Hashable, value: Kept) -> None:
        """Keep a value; the one that was used longest ago may have to go."""
        self._kept[key] = value, self._clock() + self._keep_s
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]
