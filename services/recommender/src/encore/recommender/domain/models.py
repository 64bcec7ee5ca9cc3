"""Models of devices by name, such as "iphone 13 pro", and the numbers of printers and cartridges."""

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from encore.recommender.domain import fact_tables as tables

_CACHED = 256
MAX_BEFORE = 60
"""How far into a name the model of a device stands, in characters."""
_LETTERS = re.compile(r"[^\W\d_]+")
_UNITS = (
    r"(?!\s?(?:gb|tb|mb|mm|cm|m|ft|feet|inch\w*|zoll|[\"\u2033\u201d]|mah|wh?|watts?|v|volts?|hz|ghz|mp|kg|g|ml|l|liters?|"
    r"litres?|pcs|pieces?|packs?|unidades|unit\u00e0|unit\u00e9s|pezzi|stuks|st\u00fcck|er|pages?|seiten|hours?|h|days?|years?|x|%|in|k|ports?|colou?rs?|sheets?|"
    r"blatt|dpi|rpm|pins?|cups?|tassen|th|st|nd|rd|jars?|l|cores?|bit|speed|modes?|stages?|way|pack|to\s\d|bis\s\d)\b)"
    r"(?!\s(?:\w+\s)?(?:pages|prints|seiten|copies|sheets)\b)"
)
_GENERATION = r"\(?\d{1,2}(?:st|nd|rd|th|\.)[\s-]*gen\w*\)?"
_NUMBERED = r"\(?(?!20[12]\d\b)(?:[a-z]{0,2}\d{1,4}[a-z]{0,2}|x[srm]?|se|(?:flip|fold)\s?\d?)\b(?![.,]\d)\)?"
_SIZE = r"(?:\s?\(?\d{1,2}[.,]\d{1,2}(?:[\s-]?inch(?:es)?|[\"\u201d])?\)?,?\s)?"
_NETWORK = re.compile(r"^(?:[2345]g|4glte|lte)$")
_TOKEN = re.compile(r"[^\W_]+|\+")
_QUANTITY = r"\d+(?:k|p|hz|w|mp|gb|tb|v|mm|cm|l|ml|g|kg|mah|in|d|x|th|st|nd|rd|m|ft)\b"
_GENERIC = re.compile(
    rf"\b([a-z][a-z\u00e4\u00f6\u00fc\u00df]+)[\s-](?!{_QUANTITY}|(?:19|20)\d\d\b)([a-z]{{0,3}}-?\d{{1,4}}[a-z]{{0,3}})\b(?![.,]\d){_UNITS}"
    r"((?:\s(?:pro|max|plus|ultra|mini|lite|se|neo|air(?!\s(?:pur|fry|cond|cool)))\b|\+)*)"
)
_END = re.compile(r",(?!\d)|[;:|(\[/]|\s[-\u2013\u2014]\s|\s(?:with|mit|and|und|avec|con|met)\s")
_CODE = re.compile(
    rf"(?<![\w-])(?:[a-z]{{1,4}}-?\d{{3,5}}[a-z]{{0,3}}|[a-z]{{2,4}}-?\d{{2}}[a-z]{{0,2}})(?![\w])(?![.,]\d){_UNITS}"
)
"""What is a model without a series before it, such as "ac1215"."""
_NO_SERIES = frozenset(
    "of for with pack set gen generation series model version no nr size bluetooth usb wifi type upto to bis and und "
    "windows android bt in by from core ip the mit f\u00fcr von is over bis class level ryzen i intel snapdragon "
    "up only new all just an a original any most other x".split()
)
_NUMBER = re.compile(
    rf"(?<![\d.,])\b(?:[a-z]{{1,4}}-(?=[a-z]))?((?:[a-z]{{1,4}}-?)?\d{{2,5}}[a-z]{{0,3}})\b(?![.,]\d){_UNITS}"
)
_YIELD = re.compile(r"(?:yield|reichweite)\W*\d+")
_ABOUT_CARTRIDGES = re.compile(
    r"cartridges?\b|patronen?\b|\btoner\b|\btinten?\b|\bink\s(?:bottles?|tanks?)\b"
)
BEFORE_CARTRIDGE, AFTER_CARTRIDGE = 12, 45
"""How far from the word for cartridges their numbers stand in the text of a printer, in characters."""
_LARGE = re.compile(r"(?<=\d)x{1,2}l$")


class Model(NamedTuple):
    """A model and the device that it is."""

    name: str
    device: str


@lru_cache(maxsize=_CACHED)
def known_models(text: str) -> tuple[Model, ...]:
    """Return the models of known series that a text in lower case names, also in lists: "iPhone 13, 12/11"."""
    return tuple(dict.fromkeys(_known(text)))


def _known(text: str) -> Iterator[Model]:
    series, following, place = _series(), _patterns()[1], 0
    for word in _LETTERS.finditer(text):
        for start, name, device in series.get(word[0], ()) if word.start() >= place else ():
            if found := start.match(text, word.start()):
                while found:
                    yield Model(f"{name} {_plain(found[1])}", device)
                    place = found.end()
                    found = following.match(text, place)
                break


def device_model(text: str) -> set[str]:
    """Return the model of a device of no known series: its code, or the word before the first number and that."""
    part = _END.split(text, maxsplit=1)[0]
    for match in _GENERIC.finditer(part, 0, MAX_BEFORE):
        if match[1] not in _NO_SERIES and not _CODE.fullmatch(match[2]):
            return {f"{match[1]} {_plain(match[2] + match[3])}"}
    return {match[0].replace("-", "") for match in _CODE.finditer(part, 0, MAX_BEFORE)}


def codes(name: str, more: str, *, of_cartridges_in: str = "") -> set[str]:
    """Return the numbers by which a printer or a cartridge is known, such as "2331" or "pg47"."""
    found = {match[1] for part in (name, _YIELD.sub("", more)) for match in _NUMBER.finditer(part)}
    for match in _ABOUT_CARTRIDGES.finditer(of_cartridges_in):
        near = of_cartridges_in[max(0, match.start() - BEFORE_CARTRIDGE) : match.end() + AFTER_CARTRIDGE]
        found |= {number[1] for number in _NUMBER.finditer(near)}
    return {_LARGE.sub("", code.replace("-", "")) for code in found}


def _plain(code: str) -> str:
    """Write a number and its suffixes in one way: "11 Pro+ 5G" is "11 pro plus"."""
    if re.match(_GENERATION, code):
        return code.strip("(")[:2].rstrip("stndrh")
    tokens = ("plus" if token == "+" else token for token in _TOKEN.findall(code))
    return " ".join(token for token in tokens if not _NETWORK.match(token))


@cache
def _patterns() -> tuple[str, re.Pattern[str]]:
    """Return the pattern of a number with its suffixes, and that of a further one in a list."""
    suffix = rf"(?:\s?\+|[\s-](?:{'|'.join(tables.suffixes())}|[45]g)\b)"
    model = rf"\s?((?:{_GENERATION}|{_NUMBERED}{_UNITS}){suffix}*)"
    return model, re.compile(r"\s?(?:[,/&|]|\band\b|\bor\b|\bund\b|\boder\b)\s?" + model)


@cache
def _series() -> Mapping[str, list[tuple[re.Pattern[str], str, str]]]:
    """Return the series by their first words, the longest first."""
    found: dict[str, list[tuple[re.Pattern[str], str, str]]] = {}
    for phrase, name, device, number in sorted(tables.series(), key=lambda entry: -len(entry[0])):
        pattern = phrase.replace(" ", r"\s?") + _SIZE + r"[\s-]?" + (rf"(?=\s?{number})" if number else "")
        entry = re.compile(pattern + _patterns()[0]), name, device
        found.setdefault(phrase.split()[0], []).append(entry)
    return found
