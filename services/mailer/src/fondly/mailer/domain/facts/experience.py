"""What is known of a customer's experience with what they have, and the tone that it asks for."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import islice

from fondly.contracts.records import OwnProduct, ProductAspect, Recommendation
from fondly.mailer.domain.facts.aspects import told_aspect, told_praise
from fondly.mailer.domain.facts.own_names import kind_name, own_name
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.facts.reasons import LIKING
from fondly.mailer.domain.language import Language
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.text import clean

ANY_PRODUCT = "N"
"""Stands for the name of a product where only what is known of it counts."""
MIN_WORDS = 8
"""A shorter review ("Just perfect for daily use") says nothing that an email could take up."""
MIN_COMPLAINT_WORDS = 4
"""A complaint need not be long ("It stopped after a week")."""
MAX_SENTENCES, MAX_SAID_CHARS = 6, 200
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


class Occasion(StrEnum):
    """The tone of an email."""

    LIKED = "liked"
    """Something is known that the customer likes."""
    OWNER = "owner"
    """They have products of the shop, and what they think of them is not known or no liking."""
    SORRY = "sorry"
    """They complained of what they have."""
    NEW = "new"
    """Nothing is known."""


@dataclass(frozen=True)
class Aspect:
    """An aspect of one of the customer's products, with the product's spoken name."""

    aspect: str
    product: str


@dataclass(frozen=True)
class OwnWords:
    """What a customer said of a product of theirs, which an email takes up in other words."""

    name: str
    kind: str
    said: Mapping[str, str] = field(hash=False)
    """Their sentences, by the ids under which they are cited."""
    stars: Decimal | None


@dataclass(frozen=True)
class Experience:
    """What an email may say of a customer's own products; names are spoken ones."""

    occasion: Occasion
    liked: str | None = None
    disliked: str | None = None
    praised: Aspect | None = None
    blamed: Aspect | None = None
    own: OwnWords | None = None

    @cached_property
    def slots(self) -> dict[str, str]:
        """The slots of what is known, with their values."""
        return dict(self._slots())

    def _slots(self) -> Iterator[tuple[str, str]]:
        if self.liked:
            yield "liked.product", self.liked
        if self.disliked:
            yield "disliked.product", self.disliked
        for name, told in (("praised", self.praised), ("blamed", self.blamed)):
            if told:
                yield f"{name}.aspect", told.aspect
                yield f"{name}.product", told.product


def experience_of(
    recommendation: Recommendation, products: Sequence[ProductFacts], words: Language
) -> Experience:
    """Return what is known of a customer; nothing is told of a taste unless an opinion or a reason proves it.

    Criticism is told only to somebody who complained: others need no reminder.
    """
    owned, naming = recommendation.owned, Naming.load(words.code)
    if complaint := recommendation.complaint:
        bad = [each for each in owned if each.product_id == complaint.product_id]
        told = (each for each in recommendation.blamed if each.product_id == complaint.product_id)
        return Experience(
            Occasion.SORRY,
            disliked=_spoken(bad, naming),
            blamed=_aspect(told, owned, words, told_aspect),
            own=_own_words(bad, naming, MIN_COMPLAINT_WORDS),
        )
    named = next((each.own for each in products if each.stated_reason.kind in LIKING and each.own), None)
    liked = named or _spoken((each for each in owned if each.is_liked), naming)
    own = _own_words(_telling(owned, products[0].reason.product_id), naming)
    if liked:
        liking = {each.product_id for each in owned if not each.is_disliked}
        told = (each for each in recommendation.praised if each.product_id in liking)
        praised = _aspect(told, owned, words, told_praise)
        return Experience(Occasion.LIKED, liked=liked, praised=praised, own=own)
    has = owned or any(each.own for each in products)
    return Experience(Occasion.OWNER if has else Occasion.NEW, own=own)


def _telling(owned: Iterable[OwnProduct], of_hero: str | None) -> list[OwnProduct]:
    """Return the products with an opinion: that of the first pick's reason first, then by what was said."""
    opinions = (each for each in owned if each.polarity is not None)
    return sorted(opinions, key=lambda each: (each.product_id != of_hero, -len(each.said or "")))


def _own_words(owned: Iterable[OwnProduct], naming: Naming, min_words: int = MIN_WORDS) -> OwnWords | None:
    """Return what was said of the first of these products of which something was."""
    for each in owned:
        said, name = each.said or "", _name(each, naming)
        if name and len(said.split()) >= min_words:
            sentences = filter(None, (clean(one, max_chars=MAX_SAID_CHARS) for one in _SENTENCE.split(said)))
            numbered = {f"s{n}": text for n, text in enumerate(islice(sentences, MAX_SENTENCES), 1)}
            kind = kind_name(each.product_name, each.category, naming)
            return OwnWords(name, kind, numbered, each.stars)
    return None


def _spoken(owned: Iterable[OwnProduct], naming: Naming) -> str | None:
    return next(filter(None, (_name(each, naming) for each in owned)), None)


def _name(own: OwnProduct, naming: Naming) -> str:
    return own_name(own.product_name, own.category, naming, own.brand)


def _aspect(
    told: Iterable[ProductAspect],
    owned: Iterable[OwnProduct],
    words: Language,
    called: Callable[[str, Language], str | None],
) -> Aspect | None:
    naming = Naming.load(words.code)
    names = {each.product_id: _name(each, naming) for each in owned}
    named = (
        (called(each.aspect, words), names.get(each.product_id) or own_name(each.product_name, (), naming))
        for each in told
    )
    return next((Aspect(aspect, product) for aspect, product in named if aspect and product), None)
