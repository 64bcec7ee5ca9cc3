"""Compares the names of columns as people do: by their letters and digits."""

import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.text import clean

MAX_COLUMNS = 2_000
MAX_SHOWN_COLUMNS = 12
_QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


class Header(NamedTuple):
    """The names of a file's columns: as shown to people, as compared exactly, and by letters and digits."""

    shown: tuple[str, ...]
    exact: tuple[str, ...]
    loose: tuple[str, ...]

    def find(self, name: str) -> list[int]:
        """Return the positions of the columns with a name, written exactly so or, failing that, alike."""
        found = [at for at, shown in enumerate(self.shown) if shown == _bare(name)]
        return found or [at for at, loose in enumerate(self.loose) if loose and loose == loosened(name)]

    def without(self, positions: Collection[int]) -> "Header":
        """Return the header with no name where a column is not to be read."""
        return self._replace(
            loose=tuple("" if at in positions else name for at, name in enumerate(self.loose))
        )


def read_names(cells: Sequence[str]) -> Header:
    """Return the names in a file's first record; `FileError` if it has too many."""
    if len(cells) > MAX_COLUMNS:
        raise FileError(f"line 1: found {len(cells)} columns, expected at most {MAX_COLUMNS}")
    shown = tuple(_bare(cell) for cell in cells)
    return Header(shown, tuple(map(str.casefold, shown)), tuple(map(loosened, shown)))


@lru_cache(maxsize=4096)
def loosened(name: str) -> str:
    """Return the letters and digits of a name, without case and accents: `E-Mail` and `email` are alike."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name.casefold())))


def holds_values(header: Header) -> bool:
    """Return whether the first record seems to be a row, which may name people, rather than a header."""
    return any("@" in name or len(name) > 60 or _is_figure(name) for name in header.shown)  # noqa: PLR2004


def _is_figure(name: str) -> bool:
    return any(map(str.isdigit, name)) and not any(map(str.isalpha, name))


def _bare(name: str) -> str:
    name = clean(name)
    while len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip()
    return name
