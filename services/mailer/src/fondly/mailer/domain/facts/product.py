"""The facts of one product: the only source of its figures, its name and the reason it was picked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from fondly.contracts.records import Product, Reason, ReasonKind
from fondly.mailer.domain.facts import figures
from fondly.mailer.domain.facts.own_names import own_name, telling_title
from fondly.mailer.domain.facts.reasons import StatedReason, stated_reason
from fondly.mailer.domain.text import category_label, clean
from fondly.mailer.domain.words.lists import WordLists

MAX_NAME_CHARS = 2_000
"""Far beyond real names; it only keeps a hostile one from blowing up the email."""
PERCENT = Decimal(100)
CACHED_VALUES = 16_384
MIN_DISCOUNT_PERCENT = 5
"""A smaller discount is no news: it is neither shown on the card nor offered to copy."""
MIN_SPOKEN_PERCENT = 10
"""A smaller discount stays on the card: "6% off" is no headline."""
REDUCED = frozenset({"was_price", "saving", "discount"})
"""The attributes that only a reduced product has."""
WELL_RATED = Decimal(4)
SOCIAL = frozenset({ReasonKind.ALSO_LIKED, ReasonKind.BOUGHT_TOGETHER})
"""Reasons that rest on other customers."""


@dataclass(frozen=True)
class ProductFacts:
    """One product of the email, numbered from 1, best first."""

    number: int
    entry: Product
    """The product as the catalogue has it."""
    reason: Reason
    locale: str
    features: tuple[str, ...] = ()
    """What it has, in noun phrases of its catalogue entry."""
    praised: str | None = None
    """An aspect that its reviewers praise."""
    own_category: tuple[str, ...] = ()
    """The category of the customer's product that the reason is about."""

    @property
    def name(self) -> str:
        """The full name in the catalogue, or the product id if none of the name can be shown."""
        return clean(self.entry.name, max_chars=MAX_NAME_CHARS) or self.entry.product_id

    @property
    def category(self) -> str:
        """The product's own category, in words."""
        return category_label(self.entry.category)

    @cached_property
    def stated_reason(self) -> StatedReason:
        """Why the product was picked, as the email states it."""
        return stated_reason(self.reason, self.entry, locale=self.locale, own_category=self.own_category)

    @cached_property
    def own(self) -> str | None:
        """The customer's product that the reason is about, as it is called in a sentence."""
        if self.stated_reason.own_product is None:
            return None
        return own_name(self.reason.product_name or "", self.own_category, WordLists.load(self.language))

    @property
    def language(self) -> str:
        """The language of the locale."""
        return self.locale.partition("_")[0]

    @cached_property
    def known(self) -> frozenset[str]:
        """What claims about the pick can rest on: its reason's kind, and how it is rated."""
        kind = self.stated_reason.kind
        known = {str(kind)}
        if kind in SOCIAL and (self.reason.customers or 0) > 1:
            known.add(f"{kind}_by_several")
        if (self.entry.rating or 0) >= WELL_RATED:
            known.add("highly_rated")
        if self.praised:
            known.add("praised")
        return frozenset(known)

    @property
    def title(self) -> str:
        """What the product is called, briefly; empty if nothing of its name can be read."""
        return telling_title(self.entry.name, self.entry.category, WordLists.load(self.language))

    @cached_property
    def values(self) -> Mapping[str, str]:
        """The attributes that the product has, such as `price`, as they are shown."""
        return _values(self._shown)

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """The attributes that copy may speak of: a small discount is only shown."""
        small = self._shown.offer.percent_off < MIN_SPOKEN_PERCENT
        return tuple(name for name in self.values if not (small and name in REDUCED))

    @cached_property
    def slots(self) -> Mapping[str, str]:
        """The same by slot, such as `1.price`."""
        return _slots(self.number, self._shown)

    @cached_property
    def _shown(self) -> "_Shown":
        name = self.title or self.entry.product_id
        offer, reason = _Offer.of(self.entry), self.stated_reason.phrase
        return _Shown(name, self.features, self.own, self.praised, offer, reason, self.locale)


class _Shown(NamedTuple):
    """What an email may show of a product."""

    name: str
    features: tuple[str, ...]
    own: str | None
    praised: str | None
    offer: "_Offer"
    reason: str
    locale: str


@lru_cache(maxsize=CACHED_VALUES)
def _values(shown: _Shown) -> Mapping[str, str]:
    """Return the attributes with their values; many emails have the same product for the same reason."""
    return MappingProxyType(dict(_attributes(shown)))


@lru_cache(maxsize=CACHED_VALUES)
def _slots(number: int, shown: _Shown) -> Mapping[str, str]:
    return MappingProxyType({f"{number}.{name}": value for name, value in _values(shown).items()})


def _attributes(shown: _Shown) -> Iterator[tuple[str, str]]:
    yield "name", shown.name
    yield from ((f"f{number}", feature) for number, feature in enumerate(shown.features, 1))
    if shown.own:
        yield "own", shown.own
    if shown.praised:
        yield "praised", shown.praised
    yield from _figures(shown.offer, shown.locale)
    yield "reason", shown.reason


class _Offer(NamedTuple):
    """The figures of a catalogue entry."""

    price: Decimal
    list_price: Decimal | None
    currency: str
    discount_percent: int | None
    rating: Decimal | None
    rating_count: int | None

    @classmethod
    def of(cls, entry: Product) -> "_Offer":
        return cls(
            entry.price,
            entry.list_price,
            entry.currency,
            entry.discount_percent,
            entry.rating,
            entry.rating_count,
        )

    @property
    def percent_off(self) -> int:
        """The catalogue's own figure; computed where it has only the two prices; 0 for no discount."""
        was = self.list_price
        if was is not None and was <= self.price:
            return 0
        if self.discount_percent is not None or was is None:
            return self.discount_percent or 0
        return int((was - self.price) * PERCENT / was)


def _figures(offer: _Offer, locale: str) -> Iterator[tuple[str, str]]:
    """Yield the figures as they are shown, by attribute."""
    yield "price", figures.money(offer.price, offer.currency, locale)
    if offer.list_price is not None and offer.list_price > offer.price:
        yield "was_price", figures.money(offer.list_price, offer.currency, locale)
        yield "saving", figures.money(offer.list_price - offer.price, offer.currency, locale)
    if (percent := offer.percent_off) >= MIN_DISCOUNT_PERCENT:
        yield "discount", figures.percent(percent, locale)
    if offer.rating:
        yield "rating", figures.rating(offer.rating, locale)
    if offer.rating and offer.rating_count:
        yield "rating_count", figures.count(offer.rating_count, locale)
