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
_AGED = re.compile(
    r"\b(\d{1,2}\s?[-\u2013]\s?\d{1,2})\s?([my])(?:\b|ont?h?s?|onate?|ears?|rs)", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,-])(?:EU\s?)?(\d{1,3}(?:[.,]5)?)(?![\w%]|[.,]\d|\s?(?:cm|mm|ml|g|m|l)\b)")
_LABELLED = re.compile(
    r"\b(?:size|gr(?:\u00f6\u00df|oe?ss|\u00f6ss)e|gr\.|taille|talla|taglia|maat|tamanho)\s*:?\s*([\w./,-]+)",
    re.IGNORECASE,
)
_CACHED = 65_536
_CIRCLES = frozenset(
    ("baby", "beer", "bird", "cat", "dog", "horse", "liquor", "nappy", "spirit", "tobacco", "whisky", "wine")
)
_PART = re.compile(r"[,;|()/]|\s[-\u2013]\s")
_SYSTEMS = {
    "shoe": (("shoe", 16, 50),),
    "child": (("cm", 50, 188),),
    "collar": (("collar", 36, 46), ("eu", 47, 64)),
    "jeans": (("waist", 22, 33), ("eu", 34, 64)),
    "belt": (("belt", 65, 150),),
    "bra": (("bra", 60, 110),),
    "glove": (("glove", 6, 12),),
    "hat": (("hat", 48, 64),),
    "sock": (("sock", 16, 50),),
    "clothing": (("eu", 30, 64),),
}
"""What numbers mean by what is worn: their system, the least and the greatest."""
_ALONE = frozenset(("belt", "glove", "hat"))
"""Garments whose letters say nothing of others."""
_SCALES = {
    "collar": ("clothes", -35, -35, 2),
    "eu": ("clothes", -34, -44, 2),
    "uk": ("clothes", -8, -34, 2),
    "us": ("clothes", -4, -34, 2),
    "jeans": ("clothes", -25, -29, 2),
    "waist": ("clothes", -25, -29, 2),
    "shoe": ("shoes", 0, 0, 1),
    "uk shoe": ("shoes", 33, 34, 1),
    "us shoe": ("shoes", 31, 33, 1),
}
"""How numbers compare by the usual European tables: the scale, what is added for women and men, the step."""
_LETTER_ORDER = ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL")
_WHO = re.compile(r"(?:(women|men|child) )?(.*) (\S+)")


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
    """Return a garment's size, after whom it is for and its system: "women letter M", "jeans 34x32".

    It stands in the variant, or else in the name, where a number counts only after a word such as "size".
    """
    if (other := other_of(product)) not in ("clothing", "shoe"):
        return None
    found = audience(product)
    who = "child" if found.age in ("child", "baby") else found.gender
    worn = "shoe" if other == "shoe" else _garment(product, who)
    stated = (product.variant or "", *_LABELLED.findall(product.name))
    sizes = (_sizes(text, worn, _LETTERS.findall(text), _NUMBER.findall(text)) for text in stated)
    parts = [part.strip() for part in _PART.split(product.name)[1:]]
    alone = [part for part in parts if re.fullmatch(_LETTER, part)]
    size = next(chain(*sizes, _sizes(product.name, worn, alone, ())), None)
    return f"{who} {size}" if who and size else size


def _garment(product: Product, who: str | None) -> str:
    """Return which garment it is, as far as its sizes are of its own kind."""
    if who == "child":
        return "child"
    named = frozenset(words(" ".join((product.name, *product.category))))
    if who == "men" and "shirt" in named and named.isdisjoint(("polo", "t", "tee")):
        return "collar"
    return next((one for one in _SYSTEMS if one in named), "clothing")


def forms(size: str) -> frozenset[str]:
    """Return a size, and how it is written where nothing says whom a garment is for."""
    return frozenset((size, size.removeprefix("women ").removeprefix("men ")))


@lru_cache(maxsize=_CACHED)
def circle(category: Category) -> frozenset[str]:
    """Return what a category is for that only some people have or drink, such as a cat, a baby or wine."""
    return _CIRCLES.intersection(word for level in category for word in words(level))


def system_of(size: str) -> str:
    """Return the system of a size, such as "letter"."""
    return size.rpartition(" ")[0]


def near(size: str, worn: Iterable[str], gender: Gender | None) -> float:
    """Return how far a size is from those worn in other systems; 0 where they do not compare."""
    scale, mine = _place(size, gender)
    places = (_place(each, gender) for each in worn)
    theirs = [place for other, place in places if other == scale]
    return abs(mine - sum(theirs) / len(theirs)) if scale and theirs else 0.0


def _place(size: str, gender: Gender | None) -> tuple[str, float]:
    """Return a scale, with whom it is for, and the place of a size in it, such as XS, S, M, L, XL."""
    if not (match := _WHO.fullmatch(size)):
        return "", 0.0
    who, system, value = match[1] or gender, match[2], match[3]
    if system == "letter" and value in _LETTER_ORDER:
        return f"{who} clothes", float(_LETTER_ORDER.index(value))
    if system not in _SCALES or who == "child":
        return "", 0.0
    scale, women, men, step = _SCALES[system]
    return f"{who} {scale}", (float(value.partition("x")[0]) + (men if who == "men" else women)) / step


def _sizes(text: str, worn: str, letters: Iterable[str], numbers: Iterable[str]) -> Iterator[str]:
    """Yield the sizes of a text in forms that nothing else has, and what these letters and numbers say."""
    shoe, own = "shoe " * (worn == "shoe"), f"{worn} " * (worn in _ALONE)
    if not shoe:
        yield from (f"jeans {labelled or plain}x{length}" for labelled, plain, length in _JEANS.findall(text))
        yield from (f"{own}letter {_letter(size)}" for size in letters)
        yield from (
            f"{unit.lower()} {age.replace(' ', '')}" for age, unit in _AGED.findall(text * (worn == "child"))
        )
    for system, size in _FOREIGN.findall(text):
        yield f"{own}{system.lower()} {shoe}{size.replace(',', '.')}"
    for plain in (size.replace(",", ".") for size in numbers):
        yield from (f"{name} {plain}" for name, low, high in _SYSTEMS[worn] if low <= float(plain) <= high)


def _letter(size: str) -> str:
    """Write a size in one way: XXL as 2XL."""
    many = size.count("X")
    return f"{many}X{size[-1]}" if many > 1 else size
