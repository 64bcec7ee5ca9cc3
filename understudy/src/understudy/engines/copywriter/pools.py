"""The sentences that are of no kind of product, by name, with places for what is known."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self

from understudy.engines.copywriter.repertoire import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIRST_NAME = "customer.first_name"
LONGEST_NAME = "N" * 24
"""Stands for a first name, which is not told."""
_CACHED_PATTERNS = 8_192
_PLACE = re.compile(r"\{([\w.]+)\}")


@dataclass(frozen=True)
class Pools:
    """The sentences of one language."""

    tables: Mapping[str, Any]

    @classmethod
    def load(cls, language: str) -> Self:
        """Return the sentences of a language, those of English if it has none."""
        return cls(_load(language if language in LANGUAGES else "en"))

    def of(self, name: str) -> tuple[str, ...]:
        """Return the sentences of a name such as `ties.goes_with`; none if nothing has it."""
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

    def words(self, name: str) -> frozenset[str]:
        """Return a list of words."""
        return frozenset(str(self.tables.get(name, "")).split())


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
def _load(language: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath("data", f"{language}.toml").read_text("utf-8"))
