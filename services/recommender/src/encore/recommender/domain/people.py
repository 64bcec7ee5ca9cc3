"""Whom a product is for, and in which size: read from its category, name and variant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from encore.contracts.records import Product
from encore.recommender.domain.kinds import english, other_of
from encore.recommender.domain.taxonomy import audience as audience_words

Gender = Literal["women", "men"]
Age = Literal["adult", "child", "baby"]

_GENDERS: dict[str, Gender] = {"woman": "women", "girl": "women", "man": "men", "boy": "men"}
_AGES: dict[str, Age] = {
    "baby": "baby",
    "boy": "child",
    "child": "child",
    "girl": "child",
    "man": "adult",
    "woman": "adult",
}
"""The most telling first."""
_LETTER = r"(?:[2-6]?X{1,4}[SL]|[2-6]XL|[SML])"
_LETTERS = re.compile(rf"(?<![\w'\u2019.&-])({_LETTER})(?![\w'\u2019&]|-\w)")
_JEANS = re.compile(
    r"\bW?(2[2-9]|[34]\d|50)\s?[x\u00d7/]?\s?(?:L|(?<=[x\u00d7/])|(?<=[x\u00d7/]\s))\s?(2[6-9]|3[0-8])\b",
    re.IGNORECASE,
)
_FOREIGN = re.compile(r"\b(UK|US)\s?(?:size\s?)?(\d{1,2}(?:[.,]5)?)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.,-])(?:EU\s?)?(\d{2,3}(?:[.,]5)?)(?![\w%]|[.,]\d|\s?(?:cm|mm|ml|g|m|l|%))", re.IGNORECASE
)
_LABELLED = re.compile(
    r"\b(?:size|gr(?:\u00f6\u00df|oe?ss|\u00f6ss)e|gr\.|taille|talla|taglia|maat|tamanho)\s*:?\s*([\w./-]+(?:\s?x\s?\d+)?)",
    re.IGNORECASE,
)
_EU_SHOES = (16.0, 50.0)
_CHILDREN = (50.0, 188.0)
_CLOTHES = (30.0, 64.0)
_BELTS = (65.0, 150.0)


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a product is for; None is for everyone, or unknown."""

    gender: Gender | None
    age: Age | None

    def suits(self, other: "Audience") -> bool:
        """Return whether a product for the one may be for the other, as far as is known."""
        return all(
            mine is None or theirs is None or mine == theirs
            for mine, theirs in ((self.gender, other.gender), (self.age, other.age))
        )


def audience(product: Product) -> Audience:
    """Return whom a product is for, by its category, or else by its name."""
    stated = audience_words(product.category)
    named = frozenset[str]() if other_of(product) == "book" else audience_words((product.name,))
    genders = _genders(stated) or _genders(named)
    found = stated if _genders(stated) else stated | named
    age = next((age for word, age in _AGES.items() if word in found), None)
    return Audience(genders.pop() if len(genders) == 1 else None, age)


def size_of(product: Product) -> str | None:
    """Return a garment's size with its system: "letter M", "jeans 34x32", "eu 38", "shoe 42", "child 128".

    It stands in the variant, or else in the name, where a number counts only after a word such as "size".
    """
    is_shoe = _is("shoe", product)
    if not (is_shoe or _is("clothing", product)):
        return None
    is_child = audience(product).age in ("child", "baby")
    stated = [product.variant or "", *(match[1] for match in _LABELLED.finditer(product.name))]
    for text in stated:
        if found := next(_sizes(text, is_shoe=is_shoe, is_child=is_child), None):
            return found
    return next(_unlabelled(product.name, is_shoe=is_shoe), None)


def _genders(found: frozenset[str]) -> set[Gender]:
    return {gender for word, gender in _GENDERS.items() if word in found}


def _is(group: str, product: Product) -> bool:
    return other_of(product) == group


def _sizes(text: str, *, is_shoe: bool, is_child: bool) -> Iterator[str]:
    if not is_shoe:
        yield from (f"jeans {w}x{length}" for w, length in _JEANS.findall(text))
        yield from (f"letter {_letter(size)}" for size in _LETTERS.findall(text))
    yield from (
        f"{system.lower()} {'shoe ' if is_shoe else ''}{_plain(size)}"
        for system, size in _FOREIGN.findall(text)
    )
    for size in _NUMBER.findall(text):
        if system := _system(float(size.replace(",", ".")), is_shoe=is_shoe, is_child=is_child):
            yield f"{system} {_plain(size)}"


def _unlabelled(name: str, *, is_shoe: bool) -> Iterator[str]:
    """Yield a size that a name gives in a form that nothing else has, at its end or between marks."""
    yield from (
        f"{system.lower()} {'shoe ' if is_shoe else ''}{_plain(size)}"
        for system, size in _FOREIGN.findall(name)
    )
    if not is_shoe:
        yield from (f"jeans {w}x{length}" for w, length in _JEANS.findall(name))
        parts = (part.strip() for part in re.split(r"[,;|()/]|\s[-\u2013]\s", name)[1:])
        yield from (f"letter {_letter(part)}" for part in parts if re.fullmatch(_LETTER, part))


def _system(size: float, *, is_shoe: bool, is_child: bool) -> str | None:
    if is_shoe:
        return "shoe" if _EU_SHOES[0] <= size <= _EU_SHOES[1] else None
    if is_child:
        return "child" if _CHILDREN[0] <= size <= _CHILDREN[1] else None
    if _CLOTHES[0] <= size <= _CLOTHES[1]:
        return "eu"
    return "belt" if _BELTS[0] <= size <= _BELTS[1] else None


def _letter(size: str) -> str:
    """Write a size in one way: XXL as 2XL."""
    many = size.count("X")
    return f"{many}X{size[-1]}" if many > 1 else size


def _plain(size: str) -> str:
    return size.replace(",", ".").removesuffix(".0")
