"""Where a table of the scratch database has its ids: most rows bring new ones, or ones that came before."""

from collections.abc import Callable

MAX_IDS = 200_000
"""Bounds the memory, to some 30 MB a table; further ids are looked up."""


class Positions:
    """The positions of ids, in memory so long as they are few; `look_up` finds those of the others."""

    def __init__(self, look_up: Callable[[str], int | None]) -> None:
        self._look_up = look_up
        self._known: dict[str, int] = {}
        self._has_others = False

    def add(self, id_: str, position: int) -> None:
        """Take note of an id that is stored."""
        if len(self._known) < MAX_IDS:
            self._known[id_] = position
        else:
            self._has_others = True

    def may_have(self, id_: str) -> bool:
        """Return whether an id may be stored; False is certain."""
        return self._has_others or id_ in self._known

    def find(self, id_: str) -> int | None:
        """Return an id's position, None if it is not stored."""
        found = self._known.get(id_)
        return self._look_up(id_) if found is None and self._has_others else found
