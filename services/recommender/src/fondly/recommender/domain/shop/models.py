"""Models of devices by name, such as "iphone 13 pro", the numbers of cartridges, and sizes in inches."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from fondly.recommender.domain.shop.fit_tables import Kind, pattern, table
from fondly.recommender.domain.shop.tables import filled

MIN_INCHES = 4
LEAST_LAPTOP = 10
CM_PER_INCH = 2.54
_CACHED = 8_192
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
    series, following = _series()
    for first in series.finditer(text):
        _, name, device, _ = table("models")[int((first.lastgroup or "")[1:])]
        found: re.Match[str] | None = first
        while found is not None:
            yield Model(f"{name} {_plain(text[found.end(found.lastindex or 0) : found.end()])}", device)
            found = following.match(text, found.end())


@lru_cache(maxsize=_CACHED)
def connectors(model: str) -> Mapping[str, list[str]]:
    """Return which connectors a model has, by kind; empty if that is unknown."""
    return next((facts for expression, facts in table("ports") if re.fullmatch(expression, model)), {})


def device_models(text: str) -> set[str]:
    """Return the models that a text names of no known series: a word and number, or else codes."""
    part = _END.split(text, maxsplit=1)[0]
    for match in pattern("word and number").finditer(part):
        if not pattern("code").fullmatch(match[2]):
            return {f"{match[1]} {_plain(match[2] + match[3])}"}
    return {match[0].replace("-", "") for match in pattern("code").finditer(part)}


def codes(text: str) -> set[str]:
    """Return the numbers by which printers and cartridges are known, such as "2331" or "pg47"."""
    plain = pattern("yield").sub("", text)
    return {match[1].replace("-", "") for match in pattern("cartridge").finditer(plain)}


def codes_of_cartridges(text: str) -> set[str]:
    """Return the numbers of the cartridges that a printer's text names."""
    return set[str]().union(*(codes(match[0]) for match in pattern("about cartridges").finditer(text)))


def inches(name: str, more: str, kind: Kind) -> set[int]:
    """Return the whole inches of a screen, or each that an accessory is for."""
    found = _inches(name, kind.spans) or (set() if kind.group == "devices" else _inches(more, kind.spans))
    if not found and kind.name in ("television", "monitor") and (size := pattern("centimetres").search(name)):
        found = {round(_float(size[1]) / CM_PER_INCH)}
    return {size for size in found if size >= MIN_INCHES}


def _inches(text: str, spans: str) -> set[int]:
    """Read inches as a kind of accessory means them: a sleeve for 14 inches also holds 13, a bag any less."""
    if spans and (between := pattern("range").search(text)):
        return set(range(int(_float(between[1])), round(_float(between[2])) + 1))
    sizes = [int(_float(match[1]) + 0.5) for match in pattern("inches").finditer(text)]
    if not sizes or not spans:
        return set(sizes[:1])
    most = max(sizes)
    if spans == "up to":
        return set(range(LEAST_LAPTOP, most + 1))
    if spans == "range":
        return set(range(MIN_INCHES, most + 1)) if pattern("up to").search(text) else set(sizes)
    return {most - 1, most}


def _float(number: str) -> float:
    return float(number.replace(",", "."))


def _plain(code: str) -> str:
    """Write a number and its suffixes in one way: "11 Pro+ 5G" is "11 pro plus"."""
    if generation := pattern("generation").match(code.strip()):
        return "".join(filter(str.isdigit, generation[0]))
    parts = ("plus" if part == "+" else part for part in _PART.findall(code))
    return " ".join(part for part in parts if not _NETWORK.fullmatch(part))


@cache
def _series() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what finds a series before its number, the longest first, and what finds further numbers."""
    starts = []
    for place, (phrase, *_, ahead) in sorted(enumerate(table("models")), key=lambda entry: -len(entry[1][0])):
        words = phrase.replace(" ", r"\s?") + "{size before}" + r"[\s-]?"
        starts.append(rf"(?P<g{place}>{words}(?=\s?(?:{ahead})))")
    both = rf"(?<![^\W\d_])(?:{'|'.join(starts)}){{own number}}", "({between}){own number}"
    first, following = (re.compile(filled(each, "facts.yaml"), re.VERBOSE) for each in both)
    return first, following
