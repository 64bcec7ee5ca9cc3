"""Keeps the latest of what takes long to make, so that the messages of one run share it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class KeepLatest(Generic[Made]):
    """Holds one thing, by a key; another key replaces it, so memory holds one run's.

    It is made once however many messages ask for it at the same time. If making it fails or is cancelled,
    whoever asks next makes it.
    """

    def __init__(self) -> None:
        self._making = asyncio.Lock()
        self._kept: tuple[Hashable, Made] | None = None

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Made]]) -> Made:
        """Return what was made for the key, or make it."""
        async with self._making:
            if self._kept is None or self._kept[0] != key:
                self._kept = None  # let go of the previous one first: two would take twice the memory
                self._kept = (key, await make())
            return self._kept[1]
