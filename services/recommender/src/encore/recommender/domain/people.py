"""Whom a product is for, and in which size: read from its category, name and variant."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

from encore.contracts.records import Product
from encore.recommender.domain.kinds import other_of
from encore.recommender.domain.taxonomy import Category, words
from encore.recommender.domain.taxonomy import audience as audience_words

Gender = Literal["women", "men"]
Age = Literal["adult", "child", "baby"]

_GENDERS: dict[str, Gender] = {"woman": "women", "girl": "women", "man": "men", "boy": "men"}
_AGES: dict[Age, set[str]] = {
    "baby": {"baby"},
    "child": {"boy", "child", "girl"},
    "adult": {"man", "woman"},
}
"""The most telling first."""
_CATEGORIES_TELL = _GENDERS.keys() | {"bird", "cat", "dog", "horse", "pet"}
"""For whom a category says enough: food for a junior cat is for no child."""
_LETTER = r"(?:[2-6]?X{1,4}[SL]|[2-6]XL|[SML])"
_LETTERS = re.compile(rf"(?<![\w'\u2019.&-])({_LETTER})(?![\w'\u2019&]|-\w)")
_JEANS = re.compile(r"\b(?:W(\d\d)\s?[/x]?\s?L|(\d\d)\s?[x\u00d7/]\s?)(2[6-9]|3[0-8])\b", re.IGNORECASE)
_FOREIGN = re.compile(r"\b(UK|US)\s?(?:size\s?)?(\d{1,2}(?:[.,]5)?)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,-])(?:EU\s?)?(\d{2,3}(?:[.,]5)?)(?![\w%]|[.,]\d|\s?(?:cm|mm|ml|g|m|l)\b)")
_LABELLED = re.compile(
    r"\b(?:size|gr(?:\u00f6\u00df|oe?ss|\u00f6ss)e|gr\.|taille|talla|taglia|maat|tamanho)\s*:?\s*([\w./,-]+)",
    re.IGNORECASE,
)
_LETTER_ORDER = ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL")
_CACHED = 65_536
_CIRCLES = frozenset(
    ("baby", "beer", "bird", "cat", "dog", "horse", "liquor", "nappy", "spirit", "tobacco", "whisky", "wine")
)
_PART = re.compile(r"[,;|()/]|\s[-\u2013]\s")
_SYSTEMS = {
    "shoe": (("shoe", 16, 50),),
    "child": (("child", 50, 188),),
    "jeans": (("waist", 22, 33), ("eu", 34, 64)),
    "clothing": (("eu", 30, 64), ("belt", 65, 150)),
}
"""What numbers mean by whom they are for: their system, the least and the greatest."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a product is for; None is for everyone, or unknown."""

    gender: Gender | None
    age: Age | None


def audience(product: Product) -> Audience:
    """Return whom a product is for, by its category, and by its name where that does not tell the gender."""
    found = audience_words(product.category)
    if not found & _CATEGORIES_TELL and other_of(product) != "book":
        found |= audience_words((product.name,))
    genders = {gender for word, gender in _GENDERS.items() if word in found}
    age = next((age for age, names in _AGES.items() if names & found), None)
    return Audience(genders.pop() if len(genders) == 1 else None, age)


def size_of(product: Product) -> str | None:
    """Return a garment's size with its system: "letter M", "jeans 34x32", "eu 38", "shoe 42", "child 128".

    It stands in the variant, or else in the name, where a number counts only after a word such as "size".
    """
    worn = other_of(product)
    if worn not in ("clothing", "shoe"):
        return None
    if worn == "clothing" and audience(product).age in ("child", "baby"):
        worn = "child"
    if worn == "clothing" and "jeans" in words(" ".join((product.name, *product.category))):
        worn = "jeans"
    stated = (product.variant or "", *_LABELLED.findall(product.name))
    sizes = (_sizes(text, worn, _LETTERS.findall(text), _NUMBER.findall(text)) for text in stated)
    parts = [part.strip() for part in _PART.split(product.name)[1:]]
    alone = [part for part in parts if re.fullmatch(_LETTER, part)]
    return next(chain(*sizes, _sizes(product.name, worn, alone, ())), None)


@lru_cache(maxsize=_CACHED)
def circle(category: Category) -> frozenset[str]:
    """Return what a category is for that only some people have or drink, such as a cat, a baby or wine."""
    return _CIRCLES.intersection(word for level in category for word in words(level))


def system_of(size: str) -> str:
    """Return the system of a size, such as "letter"."""
    return size.rpartition(" ")[0]


def near(size: str, worn: Iterable[str], gender: Gender | None) -> float:
    """Return how far a size is from those worn in other systems; 0 where they do not compare."""
    mine = _ordinal(size, gender)
    theirs = [one for one in (_ordinal(each, gender) for each in worn) if one is not None]
    return abs(mine - sum(theirs) / len(theirs)) if mine is not None and theirs else 0.0


def _ordinal(size: str, gender: Gender | None) -> float | None:
    """Return the place of a size of clothes in XS, S, M, L, XL ..., by the usual European tables."""
    system, _, value = size.rpartition(" ")
    if system == "letter":
        return float(_LETTER_ORDER.index(value)) if value in _LETTER_ORDER else None
    if system == "eu":
        return (float(value) - (44 if gender == "men" else 34)) / 2
    if system == "jeans":
        return (float(value.partition("x")[0]) - (29 if gender == "men" else 25)) / 2
    return None


def _sizes(text: str, worn: str, letters: Iterable[str], numbers: Iterable[str]) -> Iterator[str]:
    """Yield the sizes of a text in forms that nothing else has, and what these letters and numbers say."""
    is_shoe = worn == "shoe"
    if not is_shoe:
        yield from (f"jeans {labelled or plain}x{length}" for labelled, plain, length in _JEANS.findall(text))
        yield from (f"letter {_letter(size)}" for size in letters)
    for system, size in _FOREIGN.findall(text):
        yield f"{system.lower()} {'shoe ' * is_shoe}{size.replace(',', '.')}"
    for plain in (size.replace(",", ".") for size in numbers):
        yield from (f"{name} {plain}" for name, low, high in _SYSTEMS[worn] if low <= float(plain) <= high)


def _letter(size: str) -> str:
    """Write a size in one way: XXL as 2XL."""
    many = size.count("X")
    return f"{many}X{size[-1]}" if many > 1 else size
