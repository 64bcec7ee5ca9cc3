"""The words of the sample: products, buyers' phrases, names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Aspect:
    """One property of a product: what contented and discontented buyers say about it."""

    good: list[str]
    bad: list[str]


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of product; `price` is the usual range of selling prices in rupees."""

    key: str
    thing: str
    house: str
    category: str
    nouns: list[str]
    series: list[str]
    specs: list[str]
    features: list[str]
    colours: list[str]
    price: tuple[int, int]
    bullets: list[str]
    aspects: list[Aspect]


@dataclass(frozen=True, slots=True)
class Tone:
    """The phrases of one sentiment."""

    titles: list[str]
    short: list[str]
    openers: list[str]
    bodies: list[str]
    closers: list[str]
    devanagari: list[str]
    emoji: list[str]


@dataclass(frozen=True, slots=True)
class Names:
    """Given and family names, names that many people share, and names in Devanagari."""

    given: list[str]
    family: list[str]
    shared: list[str]
    devanagari: list[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything above; `brands` by house and tier, `interests` by name and family key."""

    brands: Mapping[str, Mapping[str, list[str]]]
    families: list[Family]
    interests: Mapping[str, Mapping[str, float]]
    tones: Mapping[str, Tone]
    names: Names


@cache
def load_vocabulary() -> Vocabulary:
    """Return the package's vocabulary."""
    shop = _read("families.yaml")
    return Vocabulary(
        brands=shop["brands"],
        families=[_family(entry) for entry in shop["families"]],
        interests=shop["interests"],
        tones={name: Tone(**phrases) for name, phrases in _read("reviews.yaml").items()},
        names=Names(**_read("names.yaml")),
    )


def _family(entry: dict[str, Any]) -> Family:
    low, high = entry.pop("price")
    aspects = [Aspect(**aspect) for aspect in entry.pop("aspects")]
    return Family(**entry, price=(low, high), aspects=aspects)


def _read(name: str) -> dict[str, Any]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return content
