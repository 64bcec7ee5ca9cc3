"""What kind of thing a product is, as far as it matters for what fits what: see kinds.yaml."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from encore.contracts.records import Product
from encore.recommender.domain.kind_tables import (
    Kind,
    apart_words,
    by_head,
    device_phrases,
    english,
    kinds,
)
from encore.recommender.domain.models import known_models
from encore.recommender.domain.taxonomy import Category, words

MAX_PHRASE = 4
MAX_SPAN = 5
"""How many words before the thing itself may be part of its name."""
MAX_PARTS = 3
"""How many parts of a name are looked at, in words and in commas."""
MAX_START = 30
"""How far into a name a model stands that says what the thing is, in characters."""
_CACHED = 65_536
_SEVERAL = re.compile(r"[&,;/+>|]|\s-\s|\b(?:and|und|et|y)\b")
_PART = re.compile(r"[,;:|(\[/]|\s[-\u2013\u2014]\s")
_END = re.compile(
    r"\s(?:for|with|without|compatible|suitable|fits?|works|supports?|w/|f\u00fcr|"
    r"passend|mit|ohne|inkl\.?|kompatibel|geeignet|pour|avec|compatibles?|para|con|sin|per|voor|met|geschikt|da)\s",
    re.IGNORECASE,
)


_UNLIKE = frozenset(("book", "toy"))
_NAMED_BESIDE = frozenset(("bag", "household", "jewellery", "stationery"))
"""Other things among which shops keep accessories: a laptop bag among the bags."""


class _Match(NamedTuple):
    kind: Kind
    length: int
    head: str


def kind_of(product: Product) -> Kind | None:
    """Return the kind of thing that a product is; None if it is none that matters.

    The leaf of the category says it, unless the name is that of an accessory: a shop that has no category
    for cases keeps them beside the phones. A name counts as far as the first word such as "for" or "with".
    """
    kind = _kind_of(product.name, product.category)
    if kind is None or kind.group == "others":
        return None
    text = " ".join((product.name, *product.category)).lower()
    return None if kind.beside and not re.search(kind.beside, text) else kind


def _kind_of(name: str, category: Category) -> Kind | None:
    leaf, named = _of_leaf(category), list(_of_name(name))
    first = next((match for match, place in named if place == 0), None)
    is_accessory = first is not None and first.kind.needs is not None
    if leaf and leaf[0].kind.group == "others":
        is_beside = leaf[0].kind.name in _NAMED_BESIDE
        return first.kind if first and is_accessory and is_beside and first.length > 1 else None
    if _is_unlike(category) or (first and first.kind.group == "others" and first.length > 1):
        return None
    if first and (len(category) == 1 or is_accessory) and not _is_vaguer(first, leaf):
        return _instead(first.kind, english(category[-1]) if category else ())
    heads = {match.head for match, _ in named}
    sure = [match for match in leaf if not (match.kind.general and match.kind.group == "devices")]
    chosen = next((match for match in leaf if match.head in heads), sure[0] if sure else None)
    chosen = chosen or next((match for match, _ in named), None) or _of_branch(category)
    return chosen.kind if chosen else _of_model(name.lower())


def _of_model(name: str) -> Kind | None:
    """Return the device that a name begins with a model of, where it says nothing else: "Galaxy A54 5G"."""
    models = () if _END.search(name) else known_models(name[:MAX_START])
    return kinds()[models[0].device] if models else None


def other_of(product: Product) -> str | None:
    """Return what a thing that no device or accessory is, such as "clothing", by its category or name."""
    found = [*_of_leaf(product.category), *(match for match, _ in _of_name(product.name))]
    found += [match for level in product.category[:-1] for match in _of_leaf((level,))]
    return next((match.kind.name for match in found if match.kind.group == "others"), None)


def devices_in(text: Sequence[str]) -> frozenset[str]:
    """Return the devices that a text of English words names, each as what it is to accessories."""
    phrases, found, place = device_phrases(), set[str](), 0
    while place < len(text):
        for length in range(min(MAX_PHRASE, len(text) - place), 0, -1):
            if device := phrases.get(tuple(text[place : place + length])):
                found.add(device)
                place += length - 1
                break
        place += 1
    return frozenset(found)


def devices_of(category: Category) -> frozenset[str]:
    """Return the devices that the lowest level of a category names that names any, except the root."""
    for level in reversed(category[1:]):
        if found := devices_in(words(level)):
            return found
    return frozenset()


def _of_name(name: str) -> Iterator[tuple[_Match, int]]:
    """Yield the kinds that the first parts of a name are, each with the place of its part."""
    for place, part in enumerate(_PART.split(_END.split(name.lower(), maxsplit=1)[0])[:MAX_PARTS]):
        if match := _best(english(part)):
            yield match, place


@lru_cache(maxsize=_CACHED)
def _of_leaf(category: Category) -> tuple[_Match, ...]:
    """Return the kinds that the leaf names, each part of it one; "TV, Cables & Mounts" are three."""
    if not category:
        return ()
    whole = _best(english(category[-1]))
    parts = [match for part in _SEVERAL.split(category[-1]) if (match := _best(english(part)))]
    if whole and (len(parts) < 2 or whole.length > max(match.length for match in parts)):  # noqa: PLR2004
        return (whole,)
    return tuple(sorted(parts, key=lambda match: match.kind.needs is None))


@lru_cache(maxsize=_CACHED)
def _of_branch(category: Category) -> _Match | None:
    """Return what a leaf is with the level above, or the device that this names: ("Laptops", "Acer")."""
    if len(category) < 2 or _SEVERAL.search(category[-2]):  # noqa: PLR2004 - a leaf and a level above
        return None
    above = english(category[-2])
    match = _best(above + english(category[-1])) or _best(above)
    return match if match and (match.kind.group == "devices" or match.length > 1) else None


@lru_cache(maxsize=_CACHED)
def _is_unlike(category: Category) -> bool:
    """Return whether any level is of books, toys or clothes alone, whose names are full of other things."""
    return any(
        match.kind.name in _UNLIKE and match.kind.group == "others"
        for level in category[:-1]
        if not _SEVERAL.search(level)
        for match in _of_leaf((level,))
    )


def _is_vaguer(found: _Match, leaf: Sequence[_Match]) -> bool:
    """Return whether the leaf says more precisely which accessory it is than a name does."""
    own_head = any(match.head == found.head and match.length >= found.length for match in leaf)
    accessories = [match for match in leaf if match.kind.needs is not None and not match.kind.offers]
    return own_head or (bool(accessories) and found.kind.general)


def _best(text: Sequence[str]) -> _Match | None:
    """Return the kind whose name ends last in a text, of several the one with the most and nearest words."""
    heads, apart = by_head(), apart_words()
    for place in range(len(text) - 1, -1, -1):
        before = text[max(0, place - MAX_SPAN) : place + 1]
        fitting = [entry for entry in heads.get(text[place], ()) if entry[0].issubset(before)]
        if fitting:
            own, kind = max(fitting, key=lambda entry: _rank(entry[0], before))
            return _Match(_instead(kind, text), len(own), text[place])
        if text[place] in apart:
            return None
    return None


def _instead(kind: Kind, text: Sequence[str]) -> Kind:
    """Return what a kind is together with other words, such as a charger beside the word "watch"."""
    other = next((name for word, name in kind.instead.items() if word in text), None)
    return kinds()[other] if other else kind


def _rank(own: frozenset[str], before: Sequence[str]) -> tuple[bool, int, int]:
    """Rank a name by whether its words stand together, by their number, and by how near they are."""
    if len(own) == 1:
        return False, 1, 0
    backwards = before[::-1]
    far = sum(backwards.index(word) for word in own)
    return far == sum(range(len(own))), len(own), -far
