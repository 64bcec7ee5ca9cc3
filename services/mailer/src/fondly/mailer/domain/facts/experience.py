"""What is known of a customer's experience with what they have, and the tone that it asks for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from fondly.contracts.records import OwnProduct, ProductAspect, Recommendation
from fondly.mailer.domain.facts.aspects import told_aspect, told_praise
from fondly.mailer.domain.facts.own_names import own_name
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.facts.reasons import LIKING
from fondly.mailer.domain.language import Language
from fondly.mailer.domain.words.lists import WordLists

ANY_PRODUCT = "N"
"""Stands for the name of a product where only what is known of it counts."""


class Occasion(StrEnum):
    """The tone of an email."""

    LIKED = "liked"
    """Something is known that the customer likes."""
    OWNER = "owner"
    """They have products of the shop, and what they think of them is not known or divided."""
    SORRY = "sorry"
    """Whatever they think of what they have is bad."""
    NEW = "new"
    """Nothing is known."""


@dataclass(frozen=True)
class Aspect:
    """An aspect of one of the customer's products, with the product's spoken name."""

    aspect: str
    product: str


@dataclass(frozen=True)
class Experience:
    """What an email may say of a customer's own products; names are spoken ones."""

    occasion: Occasion
    liked: str | None = None
    disliked: str | None = None
    praised: Aspect | None = None
    blamed: Aspect | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """What the email may say of the customer's products: their names, and the aspects that are told."""
        aspects = (
            text for each in (self.praised, self.blamed) if each for text in (each.aspect, each.product)
        )
        return (*filter(None, (self.liked, self.disliked)), *aspects)

    @cached_property
    def known(self) -> frozenset[str]:
        """What claims about the customer can rest on; `telling` is what they told us in words or stars."""
        known = {
            "liking": self.occasion is Occasion.LIKED,
            "owning": self.occasion is not Occasion.NEW,
            "disliking": self.occasion is Occasion.SORRY,
            "telling": self.occasion in {Occasion.LIKED, Occasion.SORRY},
        }
        return frozenset(name for name, holds in known.items() if holds)

    @cached_property
    def slots(self) -> dict[str, str]:
        """The slots of what is known, with their values."""
        return dict(self._slots())

    def of_anybody(self) -> "Experience":
        """Return the same experience with any products."""
        return Experience(
            self.occasion,
            liked=self.liked and ANY_PRODUCT,
            disliked=self.disliked and ANY_PRODUCT,
            praised=self.praised and replace(self.praised, product=ANY_PRODUCT),
            blamed=self.blamed and replace(self.blamed, product=ANY_PRODUCT),
        )

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

    Criticism is told only to somebody who has nothing but bad experiences: others need no reminder.
    """
    owned, lists = recommendation.owned, WordLists.load(words.code)
    named = next((each.own for each in products if each.stated_reason.kind in LIKING and each.own), None)
    liked = named or _spoken((each for each in owned if each.is_liked), lists)
    if liked:
        liking = {each.product_id for each in owned if not each.is_disliked}
        told = (each for each in recommendation.praised if each.product_id in liking)
        praised = _aspect(told, owned, words, told_praise)
        return Experience(Occasion.LIKED, liked=liked, praised=praised)
    opinions = [each for each in owned if each.polarity is not None]
    if any(each.is_disliked for each in opinions) and all((each.polarity or 0) < 0 for each in opinions):
        disliked = [each for each in opinions if each.is_disliked]
        bad = {each.product_id for each in disliked}
        told = (each for each in recommendation.blamed if each.product_id in bad)
        blamed = _aspect(told, owned, words, told_aspect)
        return Experience(Occasion.SORRY, disliked=_spoken(disliked, lists), blamed=blamed)
    has = owned or any(each.own for each in products)
    return Experience(Occasion.OWNER if has else Occasion.NEW)


def _spoken(owned: Iterable[OwnProduct], lists: WordLists) -> str | None:
    names = (own_name(each.product_name, each.category, lists) for each in owned)
    return next(filter(None, names), None)


def _aspect(
    told: Iterable[ProductAspect],
    owned: Iterable[OwnProduct],
    words: Language,
    called: Callable[[str, Language], str | None],
) -> Aspect | None:
    lists, categories = WordLists.load(words.code), {each.product_id: each.category for each in owned}
    found = (
        (
            called(each.aspect, words),
            own_name(each.product_name, categories.get(each.product_id, ()), lists),
        )
        for each in told
    )
    return next((Aspect(aspect, product) for aspect, product in found if aspect and product), None)
