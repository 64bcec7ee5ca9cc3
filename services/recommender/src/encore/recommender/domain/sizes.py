"""Reads sizes that have to match: inches of screens, millimetres of straps, centimetres of beds, volts."""

import re
from collections.abc import Callable, Iterator, Mapping

from encore.recommender.domain.kinds import Fact, Kind

MIN_INCHES, MAX_INCHES = 4, 120
LEAST_LAPTOP = 10
CM_PER_INCH = 2.54
_NUMBER = r"(\d{1,3}(?:[.,]\d{1,2})?)"
_UNIT = r"\s*-?\s*(?:inch(?:es)?\b|zoll\b|pulgadas\b|pouces\b|pollici\b|in\b(?=\s(?:tv|laptop))|\"|\u2033|\u201d|''|\u2019\u2019)"
_RANGE = re.compile(
    rf"(?<![\d.]){_NUMBER}(?:{_UNIT})?\s*(?:to|bis|up\sto|-|\u2013|\u00e0|a|and|through)\s*{_NUMBER}{_UNIT}"
)
_INCHES = re.compile(rf"(?<![\d.,]){_NUMBER}{_UNIT}")
_UP_TO = re.compile(rf"(?:up\s?to|bis(?:\szu)?|hasta|jusqu'?\w*|fino\sa|tot|max\.?)\s*{_NUMBER}{_UNIT}")
_CM = re.compile(rf"(?<![\d.,]){_NUMBER}\s?cm\b")
_MM = re.compile(r"(?<![\d.,])(\d{2})\s?mm\b")
_WIDTH = re.compile(
    r"(?:strap|band|lug|armband|filter|gewinde|\u00f8|bandanst\w+)\D{0,25}(\d{2})\s?mm|(\d{2})\s?mm\s(?:strap|lug|filter|band)"
)
_DIMENSIONS = re.compile(
    r"(?<![\d.,])(\d{2,3})\s?(?:cm)?\s?[x\u00d7]\s?(\d{2,3})(?![\d]|[.,]\d)\s?(?:[x\u00d7]\s?\d+\s?)?(?:cm\b)?"
)
_NAMED = re.compile(r"\b(single|twin|double|queen|king)\b(?:[\s-](?:size|bed))?")
_VOLT = re.compile(r"(?<![\d.,-])(\d{1,2}(?:[.,]\d)?)\s?-?(?:v|volts?)\b(?!\s?-\s?\d+\s?v)")
_VESA = re.compile(r"vesa\D{0,30}?(\d{2,3})\s?(?:x|\u00d7|by)\s?(\d{2,3})")
_WHEEL = re.compile(
    r"(?<![\d.,])(1[2468]|2[02467](?:[.,]5)?|28|29)\s?(?:\"|\u2033|\u201d|inch|zoll|-?er\b|\s?[x\u00d7])|700\s?[xc]"
)
_DISC = re.compile(r"(?<![\d.,])(76|100|115|125|150|165|180|190|216|230|250|254|305)\s?mm\b")

_Reader = Callable[[str, str, Kind | None], Iterator[Fact]]


def _inches(name: str, more: str, kind: Kind | None) -> Iterator[Fact]:
    """Yield the inches that a screen has, or that an accessory is for; each whole number in a range."""
    spans = kind.spans if kind else ""
    found = _ranges(name, spans) or _ranges(more if spans or not kind or not kind.is_device else "", spans)
    if not found and kind and kind.name in ("television", "monitor") and (centimetres := _CM.search(name)):
        found = {round(_float(centimetres[1]) / CM_PER_INCH)}
    return (Fact("inches", str(size)) for size in found if MIN_INCHES <= size <= MAX_INCHES)


def _ranges(text: str, spans: str) -> set[int]:
    between = _RANGE.search(text) if spans else None
    if between:
        return set(range(int(_float(between[1])), round(_float(between[2])) + 1))
    sizes = [_float(match[1]) for match in _INCHES.finditer(text)]
    if not sizes or not spans:
        return {_whole(size) for size in sizes[:1]} if not spans else set()
    most = _whole(max(sizes))
    if spans == "up to":
        return set(range(LEAST_LAPTOP, most + 1))
    if spans == "range" and _UP_TO.search(text):
        return set(range(MIN_INCHES, most + 1))
    return {most - 1, most} if spans == "sleeve" else {_whole(size) for size in sizes}


def _millimetres(name: str, more: str, kind: Kind | None) -> Iterator[Fact]:
    if kind and kind.is_device:
        found = {match[1] or match[2] for match in _WIDTH.finditer(f"{name}\n{more}")}
    else:
        found = set(_MM.findall(name)) or {match[1] or match[2] for match in _WIDTH.finditer(more)}
    return (Fact("mm", size) for size in found)


def _dimensions(name: str, more: str, kind: Kind | None) -> Iterator[Fact]:
    """Yield the sizes of a bed and its linen, as "140x200", or by name."""
    sizes = _DIMENSIONS.findall(name) or _DIMENSIONS.findall(more)
    found = {f"{min(int(w), int(h))}x{max(int(w), int(h))}" for w, h in sizes[:1]}
    return (Fact("dimensions", size) for size in found or set(_NAMED.findall(name)[:1]))


def _volts(name: str, more: str, kind: Kind | None) -> Iterator[Fact]:
    return (Fact("volt", volt.replace(",", ".").removesuffix(".0")) for volt in _VOLT.findall(name)[:1])


def _vesa(name: str, more: str, kind: Kind | None) -> Iterator[Fact]:
    return (
        Fact("vesa", f"{w}x{h}") for w, h in _VESA.findall(f"{name}\n{more}")[:1] if kind and kind.is_device
    )


def _wheel(name: str, more: str, kind: Kind | None) -> Iterator[Fact]:
    return (Fact("wheel", size.replace(",", ".") or "28") for size in _WHEEL.findall(name)[:1])


def _disc(name: str, more: str, kind: Kind | None) -> Iterator[Fact]:
    return (Fact("disc", size) for size in (_DISC.findall(name) or _DISC.findall(more))[:1])


def _whole(size: float) -> int:
    return int(size + 0.5)


def _float(number: str) -> float:
    return float(number.replace(",", "."))


READERS: Mapping[str, _Reader] = {
    "inches": _inches,
    "mm": _millimetres,
    "dimensions": _dimensions,
    "volt": _volts,
    "vesa": _vesa,
    "wheel": _wheel,
    "disc": _disc,
}
"""The readers of sizes, by the kind of their facts."""
