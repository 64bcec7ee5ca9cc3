"""Models of devices by name, such as "iphone 13 pro", and the numbers of printers and cartridges."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from encore.recommender.domain.fit_tables import pattern, table
from encore.recommender.domain.taxonomy import filled, pattern_source

MAX_BEFORE = 60
"""How far into a name the model of a device stands, in characters."""
BEFORE_CARTRIDGE, AFTER_CARTRIDGE = 12, 45
"""How far from the word for cartridges their numbers stand in the text of a printer, in characters."""
_CACHED = 8_192
_LETTERS = re.compile(r"[^\W\d_]+")
_PART = re.compile(r"[^\W_]+|\+")
_NETWORK = re.compile(r"[2345]g|lte")
_END = re.compile(r",(?!\d)|[;:|(\[/]|\s[-\u2013\u2014]\s|\s(?:with|mit|and|und|avec|con|met)\s")


class Model(NamedTuple):
    """A model and the device that it is."""

    name: str
    device: str


@lru_cache(maxsize=_CACHED)
def known_models(text: str) -> tuple[Model, ...]:
    """Return the models of known series that a text names, also in lists: "iPhone 13, 12/11"."""
    return tuple(dict.fromkeys(_known(text)))


def _known(text: str) -> Iterator[Model]:
    place = 0
    for word in _LETTERS.finditer(text):
        for start, name, device in _series().get(word[0], ()) if word.start() >= place else ():
            found = start.match(text, word.start())
            if found is None:
                continue
            while found is not None:
                yield Model(f"{name} {_plain(found[1])}", device)
                place = found.end()
                found = _following().match(text, place)
            break


@lru_cache(maxsize=_CACHED)
def connectors(model: str) -> Mapping[str, list[str]]:
    """Return which connectors a model has, by kind; empty if that is unknown."""
    return next((facts for expression, facts in table("ports") if re.fullmatch(expression, model)), {})


def device_models(text: str) -> set[str]:
    """Return the models that a text names of no known series: a word and number, or else codes."""
    part = _END.split(text, maxsplit=1)[0]
    for match in pattern("word and number").finditer(part, 0, MAX_BEFORE):
        if not pattern("code").fullmatch(match[2]):
            return {f"{match[1]} {_plain(match[2] + match[3])}"}
    return {match[0].replace("-", "") for match in pattern("code").finditer(part, 0, MAX_BEFORE)}


def codes(text: str) -> set[str]:
    """Return the numbers by which printers and cartridges are known, such as "2331" or "pg47"."""
    plain = pattern("yield").sub("", text)
    return {match[1].replace("-", "") for match in pattern("cartridge").finditer(plain)}


def codes_of_cartridges(text: str) -> set[str]:
    """Return the numbers of the cartridges that a printer's text names."""
    near = (
        text[max(0, match.start() - BEFORE_CARTRIDGE) : match.end() + AFTER_CARTRIDGE]
        for match in pattern("about cartridges").finditer(text)
    )
    return set[str]().union(*map(codes, near))


def _plain(code: str) -> str:
    """Write a number and its suffixes in one way: "11 Pro+ 5G" is "11 pro plus"."""
    if generation := pattern("generation").match(code):
        return generation[1]
    parts = ("plus" if part == "+" else part for part in _PART.findall(code))
    return " ".join(part for part in parts if not _NETWORK.fullmatch(part))


def _numbered(before: str) -> re.Pattern[str]:
    """Compile what stands before a number, with the number and its suffixes as the group."""
    suffixes = "|".join(map(str, table("suffixes")))
    generation = pattern_source("facts.yaml", "generation").replace("(\\d", "(?:\\d")
    text = rf"{before}\s?((?:{generation}|{{number}})(?:\s?\+|[\s-](?:{suffixes}|[45]g)\b)*)"
    return re.compile(filled(text, "facts.yaml"), re.VERBOSE)


@cache
def _following() -> re.Pattern[str]:
    return _numbered("{between}")


@cache
def _series() -> Mapping[str, list[tuple[re.Pattern[str], str, str]]]:
    """Return the series by their first words, the longest first."""
    found: dict[str, list[tuple[re.Pattern[str], str, str]]] = {}
    for phrase, name, device, *number in sorted(table("models"), key=lambda entry: -len(entry[0])):
        ahead = "".join(rf"(?=\s?{each})" for each in number)
        start = _numbered(phrase.replace(" ", r"\s?") + r"{size before}[\s-]?" + ahead)
        found.setdefault(phrase.split()[0], []).append((start, name, device))
    return found
