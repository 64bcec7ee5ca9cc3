"""What people call products: `languages/<code>/kinds.toml`, nouns with what stands before them."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from fondly.mailer.domain.locales import FOLDERS

SPOKEN_VOWELS = re.compile("[AEFHIMOX][A-Z0-9]|LCD|LED|[aeioAEIO](?![A-Z])")
"""How a word begins, or an abbreviation that is spelt out, before which English says "an"."""


@dataclass(frozen=True)
class Kind:
    """What a product is called within a sentence: one of what is counted, several of what comes in pairs."""

    noun: str
    plural: str
    articles: tuple[str, ...] = ()
    """Before a consonant and before a vowel; none for several, and for what is not counted."""
    possessive: str = ""
    """What stands before it if it is the reader's: "your", "Ihre"; empty if unknown."""
    is_mass: bool = False
    is_work: bool = False
    """Whether each has a title of its own, as books and records have."""
    heads: tuple[str, ...] = ()
    """The last words of all its names, in lower case: a title with any of these says what it is."""

    @property
    def with_article(self) -> str:
        """How a sentence brings it up: `a lamp`, `an LED lamp`, `headphones`, `coffee`."""
        at = -1 if SPOKEN_VOWELS.match(self.noun) else 0
        return f"{self.articles[at]} {self.noun}" if self.articles else self.noun

    def behind(self, start: str) -> "Kind":
        """Return a kind of it, such as `USB cable`; the parts of a compound share one capital."""
        noun, plural = (each if start[-1] in "- " else each.lower() for each in (self.noun, self.plural))
        return replace(self, noun=start + noun, plural=start + plural)


@cache
def read_kinds(code: str) -> Mapping[str, Kind]:
    """Return the kinds of a language by each of their names, in lower case."""
    groups = tomllib.loads(FOLDERS.joinpath(code, "kinds.toml").read_text("utf-8"))["kinds"]
    return {name: kind for group in groups for name, kind in _kinds(group)}


def _kinds(group: Mapping[str, Any]) -> Iterator[tuple[str, Kind]]:
    known = {"possessive": group["possessive"], "articles": tuple(group["article"].split())}
    known |= {"is_mass": group.get("mass", False), "is_work": group.get("work", False)}
    for entry in filter(str.strip, re.split(r"[|\n]", group["words"])):
        heads = tuple({name.split()[-1].casefold() for name in re.split("[~=,/]", entry)})
        for nouns in entry.split("~"):
            noun, _, plural = nouns.partition("=")[0].strip().partition("/")
            kind = Kind(noun, plural or noun, heads=heads, **known)
            yield from ((name.strip().casefold(), kind) for name in re.split("[=,/]", nouns))
