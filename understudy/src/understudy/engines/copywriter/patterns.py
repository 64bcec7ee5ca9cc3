"""The sentences that the copywriter can say, with places for facts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

from understudy.engines.copywriter.features import article, number

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLACE = re.compile(r"\{(?:(a) )?([\w.]+)(?::([^|}]*)\|([^}]*))?\}")
_OPENING_WORDS = 2
_SENTENCE_START = re.compile(r"(^|[.?!] )([a-zà-ž])")


@dataclass(frozen=True)
class Pattern:
    """One wording; `needs` are the facts that it names."""

    text: str
    needs: frozenset[str]

    @cached_property
    def opening(self) -> str:
        """Its first words."""
        return " ".join(self.text.split()[:_OPENING_WORDS])

    def filled(self, words: Mapping[str, str], features: Mapping[str, str]) -> str:
        """Return the wording with `words` in their places; `features` decide on articles and verbs."""

        def word(place: re.Match[str]) -> str:
            with_article, name, one, many = place.groups()
            if one is not None:
                return many if number(features[name].split()[-1]) == "many" else one
            return (article(features[name]) if with_article else "") + words[name]

        text = _PLACE.sub(word, self.text)
        return _SENTENCE_START.sub(lambda start: start[1] + start[2].upper(), text)


Pool = tuple[Pattern, ...]


@dataclass(frozen=True)
class Patterns:
    """The patterns of a language by name, such as `lines.goes_with.features`."""

    pools: Mapping[str, Pool]

    def pool(self, *names: str) -> Pool:
        """Return the patterns of all these names together; a name that does not exist has none."""
        return tuple(chain.from_iterable(self.pools.get(name, ()) for name in names))


@cache
def load_patterns(language: str) -> Patterns:
    """Return the patterns of a language, those of English if it has none."""
    known = language if language in {"en", "de"} else "en"
    return Patterns(dict(_pools(tomllib.loads(_data(f"{known}.toml")))))


@cache
def load_moments(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the moments that products are for, by words of their kinds; `*` for any kind."""
    known = language if language in {"en", "de"} else "en"
    tables = tomllib.loads(_data("kinds.toml"))[known]
    return {word: tuple(each["uses"]) for each in tables for word in each["words"].split()}


def _data(name: str) -> str:
    return files(__package__).joinpath("data", name).read_text("utf-8")


def _pools(table: Mapping[str, object], path: str = "") -> list[tuple[str, Pool]]:
    found: list[tuple[str, Pool]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            found += _pools(value, f"{path}{name}.")
        elif isinstance(value, list):
            found.append((f"{path}{name}", tuple(map(_pattern, value))))
    return found


def _pattern(text: str) -> Pattern:
    return Pattern(text, frozenset(match[2] for match in _PLACE.finditer(text)))
