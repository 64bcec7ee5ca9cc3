"""Whom a product is for, and in which size: read from its category, name and variant."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Literal

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.fit_tables import pattern, table
from fondly.recommender.domain.shop.kinds import other_of
from fondly.recommender.domain.shop.taxonomy import Category, words
from fondly.recommender.domain.shop.taxonomy import audience as audience_words

Gender = Literal["women", "men"]
Age = Literal["adult", "child", "baby"]

_GENDERS: dict[str, Gender] = {"woman": "women", "girl": "women", "man": "men", "boy": "men"}
_AGES: dict[Age, set[str]] = {"baby": {"baby"}, "child": {"boy", "child", "girl"}, "adult": {"man", "woman"}}
"""The most telling first."""
_CATEGORIES_TELL = _GENDERS.keys() | {"bird", "cat", "dog", "horse", "pet"}
"""For whom a category says enough: food for a junior cat is for no child."""
_CACHED = 65_536
_PART = re.compile(r"[,;|()/]|\s[-\u2013]\s")
_ALONE = frozenset(("belt", "glove", "hat"))
"""Garments whose letters say nothing of others."""
_LETTER_ORDER = ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL")
_MANY = re.compile("XX+")
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
    """Return a garment's size, such as "women letter M" or "jeans 34x32", from its variant or its name."""
    if (other := other_of(product)) not in ("clothing", "shoe"):
        return None
    found = audience(product)
    who = "child" if found.age in ("child", "baby") else found.gender
    worn = "shoe" if other == "shoe" else _garment(product, who)
    name, parts = product.name, (part.strip() for part in _PART.split(product.name)[1:])
    alone = " ".join(part for part in parts if pattern("size letter").fullmatch(part))
    stated = " , ".join((product.variant or "", *pattern("size stated").findall(name), alone))
    size = next(chain(_sizes(stated, worn, stated), _sizes(name, worn, "")), None)
    return f"{who} {size}" if who and size else size


def _garment(product: Product, who: str | None) -> str:
    """Return which garment it is, if its sizes are of a kind of their own."""
    if who == "child":
        return "child"
    named = frozenset(words(" ".join((product.name, *product.category))))
    if who == "men" and "shirt" in named and named.isdisjoint(("polo", "t", "tee")):
        return "collar"
    return next((one for one in table("worn") if one in named), "clothing")


@lru_cache(maxsize=_CACHED)
def circle(category: Category) -> frozenset[str]:
    """Return what a category is for that only some people have or drink, such as a cat, a baby or wine."""
    return frozenset(table("circles")).intersection(word for level in category for word in words(level))


def system_of(size: str) -> str:
    """Return the system of a size, such as "letter"."""
    return size.rpartition(" ")[0]


def distance(size: str, worn: Iterable[str], gender: Gender | None) -> float | None:
    """Return how far a size is from those worn in other systems; None where they do not compare."""
    scale, mine = _place(size, gender)
    places = (_place(each, gender) for each in worn)
    theirs = [place for other, place in places if other == scale]
    return abs(mine - sum(theirs) / len(theirs)) if scale and theirs else None


@lru_cache(maxsize=_CACHED)
def _place(size: str, gender: Gender | None) -> tuple[str, float]:
    """Return a scale, with whom it is for, and the place of a size in it, such as XS, S, M, L, XL."""
    if not (match := _WHO.fullmatch(size)):
        return "", 0.0
    who, system, value = match[1] or gender, match[2], match[3]
    if system == "letter" and value in _LETTER_ORDER:
        return f"{who} clothes", float(_LETTER_ORDER.index(value))
    if system not in table("size scales") or who == "child":
        return "", 0.0
    scale, women, men, step = table("size scales")[system]
    return f"{who} {scale}", (float(value.partition("x")[0]) + (men if who == "men" else women)) / step


def _sizes(text: str, worn: str, stated: str) -> Iterator[str]:
    """Yield the sizes of a text in unmistakable forms, and the letters and numbers of a stated size."""
    shoe, own = "shoe " * (worn == "shoe"), f"{worn} " * (worn in _ALONE)
    if not shoe:
        for labelled, plain, length in pattern("size of jeans").findall(text):
            yield f"jeans {labelled or plain}x{length}"
        for letters in pattern("size letters").findall(stated):
            yield f"{own}letter {_MANY.sub(lambda found: f'{len(found[0])}X', letters)}"
        for age, unit in pattern("size by age").findall(text if worn == "child" else ""):
            yield f"{unit.lower()} {age.replace(' ', '')}"
    for system, size in pattern("size abroad").findall(text):
        yield f"{own}{system.lower()} {shoe}{size.replace(',', '.')}"
    for size in pattern("size number").findall(stated):
        number = size.replace(",", ".")
        yield from (
            f"{name} {number}" for name, low, high in table("worn")[worn] if low <= float(number) <= high
        )
