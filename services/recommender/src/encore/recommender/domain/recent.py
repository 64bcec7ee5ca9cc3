"""A memory of limited size that forgets what was asked for longest ago."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Recent(Generic[Kept]):
    """Keeps the `most` values that were used last, 0 for none. A value may be good for some time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Kept, float | None]] = OrderedDict()

    def get(self, key: Hashable, *, now: float = 0.0) -> Kept | None:
        """Return the value of a key, None if there is none that is still good."""
        found = self._kept.get(key)
        if found is None:
            return None
        value, until = found
        if until is not None and until <= now:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return value

    def put(self, key: Hashable, value: Kept, *, until: float | None = None) -> None:
        """Keep a value; the one that was used longest ago may have to go."""
        if self._most < 1:
            return
        self._kept[key] = value, until
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)
