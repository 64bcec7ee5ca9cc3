"""The sentences that are of no kind of product, by name, with places for what is known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from understudy.engines.copywriter.repertoire import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FIRST_NAME = "customer.first_name"
LONGEST_NAME = "N" * 24
"""Stands for a first name, which is not told."""
_CACHED_PATTERNS, _CACHED_NAMES = 8_192, 512
_PLACE = re.compile(r"\{([\w.]+)\}")


@dataclass(frozen=True, eq=False)
class Pools:
    """The sentences of one language."""

    tables: Mapping[str, Any]

    @staticmethod
    def load(language: str) -> Pools:
        """Return the sentences of a language, those of English if it has none."""
        return _load(language if language in LANGUAGES else "en")

    @cached_property
    def of(self) -> Callable[[str], tuple[str, ...]]:
        """Returns the sentences of a name such as `ties.goes_with`; none if nothing has it."""
        return lru_cache(_CACHED_NAMES)(self._of)

    def _of(self, name: str) -> tuple[str, ...]:
        found: Any = self.tables
        for step in name.split("."):
            found = found.get(step, {}) if isinstance(found, dict) else {}
        return tuple(found) if isinstance(found, list) else ()

    def all_of(self, name: str) -> Iterator[str]:
        """Yield every sentence of a table, such as `frame.liked`, and of those in it."""
        found: Any = self.tables
        for step in filter(None, name.split(".")):
            found = found.get(step, {})
        yield from _texts(found)

    @cached_property
    def words(self) -> Callable[[str], frozenset[str]]:
        """Returns the list of words of a name."""
        return lru_cache(_CACHED_NAMES)(lambda name: frozenset(str(self.tables.get(name, "")).split()))


def fill(pattern: str, known: Mapping[str, str]) -> str:
    """Return a sentence with what is known in its places; empty if something is not."""
    return _PLACE.sub(lambda place: known[place[1]], pattern) if places(pattern) <= known.keys() else ""


@lru_cache(maxsize=_CACHED_PATTERNS)
def places(pattern: str) -> frozenset[str]:
    """Return the names of what a sentence has places for."""
    return frozenset(_PLACE.findall(pattern))


def _texts(table: object) -> Iterator[str]:
    """Yield the texts of lists, however deep."""
    if isinstance(table, list):
        yield from table
    elif isinstance(table, dict):
        for each in table.values():
            yield from _texts(each)


@cache
def _load(language: str) -> Pools:
    return Pools(tomllib.loads(files(__package__).joinpath("data", f"{language}.toml").read_text("utf-8")))
