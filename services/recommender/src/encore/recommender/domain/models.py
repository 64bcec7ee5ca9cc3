"""Models of devices by name, such as "iphone 13 pro", and the numbers of printers and cartridges."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from encore.recommender.domain import fact_tables as tables

MAX_MORE = 40
"""How many models a name lists at most after the first of a series."""
_UNITS = (
    r"(?!\s?(?:gb|tb|mb|mm|cm|m|ft|feet|inch\w*|zoll|[\"\u2033\u201d]|mah|wh?|watts?|v|volts?|hz|ghz|mp|kg|g|ml|l|liters?|"
    r"litres?|pcs|pieces?|packs?|st\u00fcck|er|pages?|seiten|hours?|h|days?|years?|x|%|in|k|ports?|colou?rs?|sheets?|"
    r"blatt|dpi|rpm|pins?|cups?|tassen|th|st|nd|rd|jars?|l|cores?|bit|speed|modes?|stages?|way|pack)\b)"
)
_CODE = rf"(?:\(?(?:[a-z]{{0,2}}\d{{1,4}}[a-z]{{0,2}}|x[srm]?|se)\b\)?{_UNITS}|\(?\d{{1,2}}(?:st|nd|rd|th)[\s-]*gen\w*\)?)"
_GENERATION = re.compile(r"\(?(\d{1,2})(?:st|nd|rd|th)[\s-]*gen\w*\)?")
_NETWORK = re.compile(r"^(?:[2345]g|4glte|lte)$")
_TOKEN = re.compile(r"[^\W_]+|\+")
_GENERIC = re.compile(
    rf"\b([a-z][a-z\u00e4\u00f6\u00fc\u00df]+)[\s-]([a-z]{{0,3}}-?\d{{1,4}}[a-z]{{0,3}})\b{_UNITS}"
    r"((?:\s(?:pro|max|plus|ultra|mini|lite|air|se|neo)\b|\+)*)"
)
_END = re.compile(r"[,;:|(\[/]|\s[-\u2013\u2014]\s|\s(?:with|mit|and|und|avec|con|met)\s")
_NO_SERIES = frozenset(
    "of for with pack set gen generation series model version no nr size bluetooth usb wifi type upto to bis and und "
    "windows android bt in by from core ip the mit f\u00fcr von is over bis class level ryzen i intel snapdragon "
    "up only new all just".split()
)
_NUMBER = re.compile(rf"(?<![\d.,])\b((?:[a-z]{{1,4}}-?)?\d{{2,5}}[a-z]{{0,3}})\b(?![.,]\d){_UNITS}")
_OF_CARTRIDGE = re.compile(
    r"(?:cartridges?|patronen?|toner|ink|tinten?|bottles?|tank)\W+(?:(?:no|nr|nummer|number|hp|canon|epson|brother)\W+){0,2}"
    r"((?:[a-z]{1,3}-?)?\d{2,5}[a-z]{0,3})\b"
    r"|((?:[a-z]{1,3}-?)?\d{2,5}[a-z]{0,3})\s(?:\w+\s){0,2}(?:cartridges?|patronen?|toner|ink|tinte)"
)


class Model(NamedTuple):
    """A model and the device that it is."""

    name: str
    device: str


def known_models(text: str) -> list[Model]:
    """Return the models of known series that a text in lower case names, also in lists: "iPhone 13, 12/11"."""
    return list(dict.fromkeys(_known(text)))


def _known(text: str) -> Iterator[Model]:
    first, code_of, following = _patterns()
    for match in first.finditer(text):
        _, name, device = tables.series()[(match.lastindex or 1) - 1]
        place, tail = match.end(), code_of
        for _ in range(MAX_MORE):
            found = tail.match(text, place)
            if found is None:
                break
            yield Model(f"{name} {_plain(found[1])}", device)
            place, tail = found.end(), following


def device_model(text: str) -> set[str]:
    """Return the model of a device of no known series: the word before the first number, and that number."""
    part = _END.split(text, maxsplit=1)[0]
    for match in _GENERIC.finditer(part):
        if match[1] not in _NO_SERIES:
            return {f"{match[1]} {_plain(match[2] + match[3])}"}
    return set()


def codes(name: str, more: str, *, of_cartridges_in: str = "") -> set[str]:
    """Return the numbers by which a printer or a cartridge is known, such as "2331" or "pg47"."""
    found = {match[1] for part in (name, more) for match in _NUMBER.finditer(part)}
    found |= {match[1] or match[2] for match in _OF_CARTRIDGE.finditer(of_cartridges_in)}
    return {code.replace("-", "") for code in found}


def _plain(code: str) -> str:
    """Write a number and its suffixes in one way: "11 Pro+ 5G" is "11 pro plus"."""
    if generation := _GENERATION.fullmatch(code.strip()):
        return generation[1]
    tokens = ("plus" if token == "+" else token for token in _TOKEN.findall(code))
    return " ".join(token for token in tokens if not _NETWORK.match(token))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    suffix = rf"(?:\s?\+|[\s-](?:{'|'.join(tables.suffixes())}|[45]g)\b)"
    model = rf"\s?({_CODE}{suffix}*)"
    between = r"\s?(?:[,/&|]|\band\b|\bor\b|\bund\b|\boder\b|\s)\s?"
    series = "|".join(f"({pattern})" for pattern, _, _ in tables.series())
    return (
        re.compile(rf"\b(?:{series})(?![^\W\d_])"),
        re.compile(rf"[\s-]?{model}"),
        re.compile(between + model),
    )
