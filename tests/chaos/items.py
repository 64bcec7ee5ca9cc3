"""DynamoDB's items in its typed form: their sizes, and what was written when."""

import base64
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

Item = dict[str, Any]
Key = tuple[str, ...]
MAX_ITEM_BYTES = 400 * 1024
NUMBER_BYTES = 21
Value = TypeVar("Value")


def size_of(item: Mapping[str, Any]) -> int:
    """Return an item's size in bytes: UTF-8 names and values; a number counts as 21 bytes, the most it takes.

    Source: "DynamoDB item sizes and formats", Amazon DynamoDB Developer Guide.
    """
    return sum(len(name.encode()) + _size_of_value(value) for name, value in item.items())


def _size_of_value(typed: Mapping[str, Any]) -> int:
    ((kind, value),) = typed.items()
    match kind:
        case "S":
            size = len(value.encode())
        case "B":
            size = len(base64.b64decode(value))
        case "N":
            size = min(NUMBER_BYTES, len(value))
        case "SS" | "NS" | "BS":
            size = sum(_size_of_value({kind[0]: each}) for each in value)
        case "L":
            size = 3 + sum(1 + _size_of_value(each) for each in value)
        case "M":
            size = 3 + len(value) + size_of(value)
        case _:
            size = 1
    return size


class History:
    """What each item was before its last writes; `keys` are the key attributes of each table.

    Items that were never written through the proxy are unknown, and as they are.
    """

    def __init__(
        self,
        keys: Mapping[str, Sequence[str]],
        *,
        lag_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._lag_s = lag_s
        self._clock = clock
        self._current: dict[tuple[str, Key], Item | None] = {}
        self._before: dict[tuple[str, Key], deque[tuple[float, Item | None]]] = {}

    def key_of(self, table: str, item: Mapping[str, Any]) -> Key | None:
        """The key of an item, or of a projection of it; None if it is incomplete."""
        names = self._keys.get(table, ())
        if not names or not all(name in item for name in names):
            return None
        return tuple(str(item[name]) for name in names)

    def current(self, table: str, item: Mapping[str, Any]) -> Item:
        """What an item with this key is now, as far as is known."""
        key = self.key_of(table, item)
        return (self._current.get((table, key)) if key else None) or {}

    def wrote(self, table: str, item: Mapping[str, Any], after: Item | None) -> None:
        """Note a write: `item` has the key, `after` is what the item is now."""
        if (key := self.key_of(table, item)) is None:
            return
        place = (table, key)
        self._before.setdefault(place, deque()).append((self._clock(), self._current.get(place)))
        self._current[place] = after

    def earlier(self, table: str, item: Mapping[str, Any], now: Value) -> "Item | Value | None":
        """What an item was `lag_s` ago; `now` if it has not been written since."""
        if (key := self.key_of(table, item)) is None:
            return now
        writes = self._before.get((table, key), deque())
        since = self._clock() - self._lag_s
        while writes and writes[0][0] <= since:
            writes.popleft()
        return writes[0][1] if writes else now
