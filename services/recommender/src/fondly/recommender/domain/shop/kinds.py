"""What kind of thing a product is, as far as it matters for what fits what: see kinds.yaml."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.fit_tables import (
    Kind,
    apart_words,
    by_head,
    device_names,
    english,
    kinds,
    pattern,
)
from fondly.recommender.domain.shop.taxonomy import Category

MAX_SPAN = 5
"""How many words before the thing itself may be part of its name."""
_CACHED = 65_536
_SEVERAL = re.compile(r"[&,;/+>|]|\s-\s|\b(?:and|und|et|y)\b")
_PART = re.compile(r"[,;:|(\[/]|\s[-\u2013\u2014]\s")


class _Match(NamedTuple):
    kind: Kind
    length: int
    head: str

    @property
    def is_accessory(self) -> bool:
        return self.kind.needs is not None

    @property
    def is_other(self) -> bool:
        return self.kind.group == "others"


def kind_of(product: Product) -> Kind | None:
    """Return the kind of thing that a product is; None if it is none that matters.

    The leaf of the category says it, unless the name is that of an accessory: a shop that has no category
    for cases keeps them beside the phones. A name counts as far as the first word such as "for" or "with".
    """
    match = _match(product.name, product.category)
    if match is None or match.is_other:
        return None
    text = " ".join((product.name, *product.category)).lower()
    is_sure = not match.kind.beside or re.search(match.kind.beside, text)
    return match.kind if is_sure else kinds().get(match.kind.otherwise)


def _match(name: str, category: Category) -> _Match | None:
    leaf, parts = _of_leaf(category), _of_name(name)
    first = parts.get(0)
    if (leaf and leaf[0].is_other) or (first and first.is_other and first.length > 1):
        return None
    named = [match for match in parts.values() if not match.is_other]
    if first in named and (len(category) == 1 or first.is_accessory) and not _is_vaguer(first, leaf):
        return first._replace(kind=_instead(first.kind, english(" ".join(category[-1:]))))
    heads = {match.head for match in parts.values()}
    sure = [match for match in leaf if not (match.kind.general and match.kind.group == "devices")]
    candidates = (*(match for match in leaf if match.head in heads), *sure, *named)
    return candidates[0] if candidates else _of_branch(category)


def other_of(product: Product) -> str | None:
    """Return what a thing is that is no device or accessory, such as "clothing", by its category or name."""
    levels = (match for level in reversed(product.category) for match in _of_leaf((level,)))
    named = (match for name in (product.name,) for match in _of_name(name).values())  # only if need be
    return next((match.kind.name for match in chain(levels, named) if match.is_other), None)


def devices_in(text: str) -> frozenset[str]:
    """Return the devices that a text names, each as what it is to accessories."""
    names, devices = device_names()
    return frozenset(devices[name] for name in names.findall(" ".join(english(text))))


def devices_of(category: Category) -> frozenset[str]:
    """Return the devices that the lowest level of a category names that names any, except the root."""
    return next((found for level in reversed(category[1:]) if (found := devices_in(level))), frozenset())


def _of_name(name: str) -> Mapping[int, _Match]:
    """Return the kinds that the parts of a name are, by the place of their part."""
    parts = _PART.split(pattern("end of thing").split(name.lower(), maxsplit=1)[0])
    return {place: match for place, part in enumerate(parts) if (match := _best(english(part)))}


@lru_cache(maxsize=_CACHED)
def _of_leaf(category: Category) -> tuple[_Match, ...]:
    """Return the kinds that the leaf names, each part of it one; "TV, Cables & Mounts" are three."""
    if not category:
        return ()
    whole = _best(english(category[-1]))
    parts = [match for part in _SEVERAL.split(category[-1]) if (match := _best(english(part)))]
    if whole and (len(parts) < 2 or whole.length > max(match.length for match in parts)):  # noqa: PLR2004
        return (whole,)
    return tuple(sorted(parts, key=lambda match: not match.is_accessory))


@lru_cache(maxsize=_CACHED)
def _of_branch(category: Category) -> _Match | None:
    """Return what a leaf is with the level above, or the device that this names: ("Laptops", "Acer")."""
    if len(category) < 2 or _SEVERAL.search(category[-2]):  # noqa: PLR2004 - a leaf and a level above
        return None
    above = english(category[-2])
    match = _best(above + english(category[-1])) or _best(above)
    is_clear = match and (match.kind.group == "devices" or match.length > 1 or match.kind.vague)
    return match if is_clear else None


def _is_vaguer(found: _Match, leaf: Sequence[_Match]) -> bool:
    """Return whether the leaf says more precisely which accessory it is than a name does."""
    own_head = any(match.head == found.head and match.length >= found.length for match in leaf)
    accessories = [match for match in leaf if match.is_accessory and not match.kind.offers]
    return own_head or (bool(accessories) and found.kind.general)


def _best(text: Sequence[str]) -> _Match | None:
    """Return the kind whose name ends last in a text, of several the one with the most and nearest words."""
    for place in range(len(text) - 1, -1, -1):
        before = text[max(0, place - MAX_SPAN) : place + 1]
        fitting = [entry for entry in by_head().get(text[place], ()) if entry[0].issubset(before)]
        if fitting:
            own, kind = max(fitting, key=lambda entry: _rank(entry[0], before))
            return _Match(_instead(kind, text), len(own), text[place])
        if text[place] in apart_words():
            return None
    return None


def _instead(kind: Kind, text: Sequence[str]) -> Kind:
    """Return what a kind is together with other words, such as a charger beside the word "watch"."""
    return kinds()[next((name for word, name in kind.instead.items() if word in text), kind.name)]


def _rank(own: frozenset[str], before: Sequence[str]) -> tuple[bool, int, int]:
    """Rank a name by whether its words stand together, by their number, and by how near they are."""
    far = sum(before[::-1].index(word) for word in own)
    return len(own) > 1 and far == sum(range(len(own))), len(own), -far
