"""What the patterns may say about one product, or about a customer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from understudy.engines.copywriter.patterns import load_moments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from understudy.engines.copywriter.facts import Facts, Pick

_KIND_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CACHED_KINDS = 4096
_PLURALS = ("s", "es", "n", "en", "e", "er")
_MIN_END_CHARS = 4
"""The shortest end of a German compound that tells its kind: "Schreibtischlampe" is a "Lampe"."""
_PLACES = ("f", "g", "h")
_USES = ("use", "use2")
_Item = TypeVar("_Item")
_PRODUCT = ("name", "own", "price", "was_price", "saving", "discount", "rating", "rating_count")
_CUSTOMER = ("liked.product", "disliked.product", "praised.product", "blamed.product")
FIRST_NAME = "customer.first_name"
_ASSUMED_CHARS = {
    **dict.fromkeys(_CUSTOMER, 28),
    FIRST_NAME: 8,
    "name": 34,
    "own": 28,
    "price": 8,
    "was_price": 8,
    "saving": 7,
    "discount": 3,
    "rating": 3,
    "rating_count": 6,
}
"""How long slots count whose value is not told."""


@dataclass(frozen=True)
class Words:
    """What is known, by its place in the patterns: the text to write, and what it will read as."""

    written: Mapping[str, str]
    read: Mapping[str, str]
    features: Mapping[str, str] = field(default_factory=dict)
    """The features among them, as the catalogue has them."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The places that can be filled."""
        return frozenset(self.written)


@dataclass(frozen=True)
class Material:
    """Which features, by their slots, and which moments a field may speak of."""

    features: Sequence[str]
    uses: Sequence[str]


def product_words(pick: Pick, material: Material, *, turn: int, customer: Words) -> Words:
    """Return what may be said of a product, in slots without its number, and of the customer.

    Each `turn` begins with another feature and another moment of the material.
    """
    places = dict(zip(_PLACES, rotated(material.features, turn * 2), strict=False))
    features = {place: pick.features[slot] for place, slot in places.items()}
    uses = dict(zip(_USES, rotated(material.uses, turn), strict=False))
    has = set(pick.attributes)
    untold = [name for name in _PRODUCT if name in has and (name != "own" or pick.own)]
    praise = pick.praised if "praised" in has else None
    praised = {"praised": praise} if praise and _is_news(praise, features) else {}
    slots = places | {name: name for name in (*untold, *praised)}
    written = {place: f"{{{slot}}}" for place, slot in slots.items()} | uses
    read = features | uses | praised | _assumed(untold)
    return Words({**customer.written, **written}, {**customer.read, **read}, features)


def _is_news(praised: str, features: Mapping[str, str]) -> bool:
    """Whether praise names something beside the features: nobody praises a motor for its copper motor."""
    words = set(praised.lower().split())
    return all(words.isdisjoint(text.lower().split()) for text in features.values())


def customer_words(facts: Facts) -> Words:
    """Return what may be said of the customer, and the name of the shop."""
    told = {"praised.aspect": facts.praised, "blamed.aspect": facts.blamed}
    aspects = {name: text for name, text in told.items() if text and name in facts.slots}
    untold = [name for name in (FIRST_NAME, *_CUSTOMER) if name in facts.slots]
    brand = {"brand": facts.brand} if facts.brand else {}
    written = {name: f"{{{name}}}" for name in (*untold, *aspects)}
    return Words(written | brand, _assumed(untold) | aspects | brand)


def _assumed(names: Iterable[str]) -> dict[str, str]:
    return {name: "x" * _ASSUMED_CHARS[name] for name in names}


@lru_cache(maxsize=_CACHED_KINDS)
def moments(kind: str, language: str) -> Sequence[str]:
    """Return the moments that a kind of product is for; of any kind if it is not known."""
    known = load_moments(language)
    words = list(_stems(kind))
    ends = (each[start:] for each in words for start in range(1, len(each) - _MIN_END_CHARS + 1))
    found = next((each for each in chain(words, ends if language == "de" else ()) if each in known), "*")
    return known[found]


def _stems(kind: str) -> Iterator[str]:
    """Yield the words of a kind, the most telling first: its last ones in one, then each, and stems."""
    words = _KIND_WORD.findall(kind.lower())
    for word in ("".join(words[-2:]), *reversed(words)):
        yield from (word, word.removesuffix("ies") + "y", *(word.removesuffix(ending) for ending in _PLURALS))


def told_features(pick: Pick) -> list[str]:
    """Return the slots of the features that can be named, the most telling first, such as `f1`."""
    has = set(pick.attributes)
    return [slot for slot, text in pick.features.items() if text.split() and slot in has]


def rotated(items: Sequence[_Item], turn: int) -> list[_Item]:
    """Return the items from the one at `turn` on, with those before it at the end."""
    start = turn % len(items) if items else 0
    return [*items[start:], *items[:start]]
