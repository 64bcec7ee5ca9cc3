"""What the frames may say about one product, or about the whole email."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from understudy.engines.copywriter.frames import load_moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from understudy.engines.copywriter.facts import Facts, Pick

_KIND_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CACHED_KINDS = 4096
_PLURALS = ("s", "es", "n", "en", "e", "er")
_MIN_END_CHARS = 4
"""The shortest end of a German compound that tells its kind: "Schreibtischlampe" is a "Lampe"."""
_PLACES = ("f", "g", "h")
_ASSUMED_CHARS = {"name": 34, "customer.first_name": 8}
"""How long slots count whose value is not told."""


@dataclass(frozen=True)
class Words:
    """What is known, by its place in the frames: the text to write, and what it will read as."""

    written: Mapping[str, str]
    read: Mapping[str, str]
    features: Mapping[str, str] = field(default_factory=dict)
    """The features among them, as the catalogue has them."""

    @cached_property
    def names(self) -> frozenset[str]:
        """The places that can be filled."""
        return frozenset(self.written)


def pick_words(pick: Pick, *, turn: int, language: str) -> Words:
    """Return what may be said of a product; each `turn` begins with another feature and another moment."""
    told = dict(_features(pick))
    order = _rotated(list(told), turn * 2)
    places = dict(zip(_PLACES, order, strict=False))
    features = {place: told[slot] for place, slot in places.items()}
    known = {"own": pick.own, "praised": pick.praised}
    slots = (
        places | {name: name for name, text in known.items() if text and pick.has(name)} | {"name": "name"}
    )
    uses = dict(zip(("use", "use2"), _rotated(moments(pick.kind, language), turn), strict=False))
    written = {place: f"{{{pick.n}.{slot}}}" for place, slot in slots.items()} | uses
    read = features | {name: text or "" for name, text in known.items()} | uses
    return Words(written, read | {"name": "x" * _ASSUMED_CHARS["name"]}, features)


def email_words(facts: Facts) -> Words:
    """Return what may be said of the customer."""
    customer = facts.customer
    told = {"liked.product": customer.liked, "disliked.product": customer.disliked}
    for name, aspect in (("praised", customer.praised), ("blamed", customer.blamed)):
        if aspect:
            told |= {f"{name}.aspect": aspect.aspect, f"{name}.product": aspect.product}
    told["customer.first_name"] = "x" * _ASSUMED_CHARS["customer.first_name"]
    known = {name: text for name, text in told.items() if text and name in facts.slots}
    brand = {"brand": facts.brand} if facts.brand else {}
    return Words({name: f"{{{name}}}" for name in known} | brand, known | brand)


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


def _features(pick: Pick) -> Iterator[tuple[str, str]]:
    return ((slot, text) for slot, text in pick.features.items() if text.split() and pick.has(slot))


def _rotated(items: Sequence[str], turn: int) -> list[str]:
    start = turn % len(items) if items else 0
    return [*items[start:], *items[:start]]
