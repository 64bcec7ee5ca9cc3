"""The ids that a table has, so long as they are few: most rows bring new ones, which need no look-up."""

from collections.abc import Iterable

MAX_IDS = 200_000
"""Bounds the memory, to about 20 MB a table; from then on every id may have been seen."""


class SeenIds:
    """Tells ids that are certainly new from those that may be known."""

    def __init__(self, max_ids: int = MAX_IDS) -> None:
        self._ids: set[str] | None = set()
        self._max_ids = max_ids

    def add(self, *ids: str) -> None:
        """Take note of ids that are stored."""
        if self._ids is not None:
            self._ids.update(ids)
            if len(self._ids) > self._max_ids:
                self._ids = None

    def known(self, ids: Iterable[str]) -> list[str]:
        """Return the ids that may be stored; all others are not."""
        return list(ids) if self._ids is None else [each for each in ids if each in self._ids]
