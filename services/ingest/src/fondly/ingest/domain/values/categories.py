r"""Reads the category paths of a cell; a column's cells tell what separates levels, and what paths.

Levels of `Books > Fiction` and of `Shop/Bags` are separated by `>` and by a slash, so bars, commas and
semicolons stand between paths; elsewhere `Electronics|Cables` is one path. A comma or a slash within
a name ("Copy, Scan & Fax", "CD/DVD") is told from one between names by the names that other cells show.

Sources: WooCommerce, "Product CSV Importer & Exporter" (`Clothing > T-shirts, Sale`; `\,` within a name);
Adobe Commerce, "Product attributes in the CSV file" (`Default Category/Gear/Bags,Default Category/Sale`);
BigCommerce, "Product Import/Export" (`Shop/Bags;Shop/Sale`).
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from fondly.contracts.shelves import is_root, is_shelf
from fondly.ingest.domain.text import clean
from fondly.ingest.domain.values.evidence import MAX_SHAPES, Example, Judge

Path = tuple[str, ...]
_NESTED = re.compile("\\s*(?:-?[>»\u203a→]|::)\\s*")
_LEVEL = re.compile("[^|;/>»\u203a→]+")
_COMMA = re.compile(r"(?<!\\),")
_BETWEEN = {"|": re.compile(r"(?<!\\),|;"), "": re.compile(r"(?<!\\),|[;|]")}
"""What stands between paths, where bars separate levels and elsewhere."""
_LISTED = re.compile(r"&|\s(?:and|und|et|e|y|en)\s")
"""Stands before the last of several things that one name lists."""


@dataclass(frozen=True, eq=False)
class PathReader:
    """Reads cells whose levels are separated by `level`; `names` stand alone or begin a path elsewhere."""

    level: str = "|"
    names: frozenset[str] = frozenset()

    def read(self, cell: str) -> tuple[Path, ...]:
        """Return the paths of a cell, the most telling first: of a thing rather than a shelf, and deep."""
        return _read(self, cell)

    def path(self, text: str) -> Path:
        """Return the levels of a path, but for what shop systems write above a shop's own."""
        levels = tuple(filter(None, (clean(each.replace("\\,", ",")) for each in _levels(text, self.level))))
        return levels[1:] if levels and is_root(levels[0]) else levels

    def escaped(self, level: re.Match[str]) -> str:
        """Escape the commas of a level that stand within one name."""
        first, *others = map(clean, _COMMA.split(level[0]))
        is_flat = self.level == "|" and ("|" in level.string or self.names.isdisjoint((first, *others)))
        is_name = is_flat or (_LISTED.search(level[0]) and self.names.isdisjoint(others))
        return _COMMA.sub(r"\\,", level[0]) if is_name else level[0]


PLAIN_PATHS = PathReader()


@lru_cache(maxsize=MAX_SHAPES)
def _read(how: PathReader, cell: str) -> tuple[Path, ...]:
    parts = _between(_LEVEL.sub(how.escaped, cell) if "," in cell else cell, how.level)
    paths = dict.fromkeys(filter(None, map(how.path, parts)))
    whole = [one for one in paths if not any(one == other[: len(one)] != other for other in paths)]
    rank = {path: (all(map(is_shelf, path)), is_shelf(path[-1]), -len(path)) for path in whole}
    return tuple(sorted(whole, key=rank.__getitem__))


class Categories(Judge):
    """Judges the cells of a column of categories."""

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[str, Example] = {}

    def see(self, text: str, line: int) -> None:
        """Take note of a cell that differs from those before it."""
        if text not in self._cells and len(self._cells) < MAX_SHAPES:
            self._cells[text] = Example(line, text, self.piece)

    def reader(self) -> tuple[PathReader, Example | None]:
        """Return how the column is read, and the first cell that shows it; None for plain paths."""
        cells = {decoded(text): example for text, example in self._cells.items()}
        level, shown = _level(cells)
        reader = PathReader(level, frozenset(_names(cells, level)))
        several = (cell for cell in cells if len(reader.read(cell)) > 1)
        return reader, next((cells[cell] for cell in (*shown, *several)), None)


def decoded(cell: str) -> str:
    """Return a cell without HTML entities, whose semicolons separate nothing."""
    return clean(html.unescape(cell)) if "&" in cell else clean(cell)


def _level(cells: Iterable[str]) -> tuple[str, list[str]]:
    """Return what separates levels, and the cells that show it: slashes only if most paths begin alike."""
    nested = [cell for cell in cells if _NESTED.search(cell)]
    barred = [cell for cell in cells if "|" in cell and not _NESTED.search(cell)]
    if nested and len(nested) >= len(barred):
        return ">", nested
    paths = {clean(path) for cell in cells for path in _between(cell, "/")}
    tops = Counter(path.partition("/")[0].strip() for path in paths)
    shared = [tops[path.partition("/")[0].strip()] > 1 for path in paths if "/" in path]
    starts = ["/" in cell.partition("|")[0] for cell in barred]
    is_slash = 2 * sum(shared) > len(shared) and 2 * sum(starts) >= len(starts)
    return ("/", [cell for cell in cells if "/" in cell]) if is_slash else ("|", [])


def _names(cells: Iterable[str], level: str) -> Iterator[str]:
    """Yield what begins a path; where nothing separates levels, what stands in several cells."""
    if level != "|":
        yield from (clean(_levels(part, level)[0]) for cell in cells for part in re.split("[;|]", cell))
        return
    flat = (cell for cell in cells if "|" not in cell)
    found = Counter(name for cell in flat for name in set(map(clean, _between(cell, level))))
    yield from (name for name, count in found.items() if count > 1 or is_shelf(name))


def _between(cell: str, level: str) -> list[str]:
    return _BETWEEN["|" if level == "|" else ""].split(cell)


def _levels(text: str, level: str) -> list[str]:
    is_nested = level == ">" or (level == "|" and "|" not in text)
    return _NESTED.split(text) if is_nested else text.split(level)
