"""The facts of one product: the only source of its figures, its name and the reason it was picked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from fondly.contracts.records import Pick, Product, Reason
from fondly.mailer.domain.facts import figures
from fondly.mailer.domain.facts.own_names import kind_name, telling_title
from fondly.mailer.domain.facts.reasons import StatedReason, stated_reason
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.text import clean

MAX_NAME_CHARS = 2_000
"""Far beyond real names; it only keeps a hostile one from blowing up the email."""
PERCENT = Decimal(100)
CACHED_VALUES = 16_384
MIN_DISCOUNT_PERCENT = 5
"""A smaller discount is no news: it is neither shown on the card nor offered to copy."""
MIN_SPOKEN_PERCENT = 10
"""A smaller discount stays on the card: "6% off" is no headline."""
MAX_DISCOUNT_PERCENT = 69
"""A greater discount makes an honest email look dishonest: the price alone is shown."""
REDUCED = frozenset({"was_price", "saving", "discount"})
"""The attributes that only a reduced product has."""


@dataclass(frozen=True)
class ProductFacts:
    """One product of the email, numbered from 1, best first."""

    number: int
    pick: Pick
    locale: str
    own_category: tuple[str, ...] = ()
    """The category of the customer's product that the reason is about."""
    max_discount: int = MAX_DISCOUNT_PERCENT

    @property
    def entry(self) -> Product:
        """The product as the catalogue has it."""
        return self.pick.product

    @property
    def reason(self) -> Reason:
        """Why it was picked, with the evidence."""
        return self.pick.reason

    @property
    def name(self) -> str:
        """The full name in the catalogue, or the product id if none of the name can be shown."""
        return clean(self.entry.name, max_chars=MAX_NAME_CHARS) or self.entry.product_id

    @property
    def kind(self) -> str:
        """What people call one product of its category."""
        return kind_name(self.entry.name, self.entry.category, self.naming)

    @cached_property
    def stated_reason(self) -> StatedReason:
        """Why the product was picked, as the email states it."""
        return stated_reason(self.reason, self.entry, locale=self.locale, own_category=self.own_category)

    @property
    def own(self) -> str | None:
        """The customer's product that the reason is about, as it is called in a sentence."""
        return self.stated_reason.own_product

    @cached_property
    def naming(self) -> Naming:
        """How the email's language names products."""
        return Naming.load(self.locale.partition("_")[0])

    @property
    def title(self) -> str:
        """What the product is called, briefly; empty if nothing of its name can be read."""
        return telling_title(self.entry.name, self.entry.category, self.naming)

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
        return {f"{self.number}.{name}": value for name, value in self.values.items()}

    @cached_property
    def _shown(self) -> "_Shown":
        name = self.title or self.entry.product_id
        offer = _Offer.of(self.entry, self.max_discount)
        return _Shown(name, self.own, offer, self.stated_reason.phrase, self.locale)


class _Shown(NamedTuple):
    """What an email may show of a product."""

    name: str
    own: str | None
    offer: "_Offer"
    reason: str
    locale: str


@lru_cache(maxsize=CACHED_VALUES)
def _values(shown: _Shown) -> Mapping[str, str]:
    """Return the attributes with their values; many emails have the same product for the same reason."""
    return MappingProxyType(dict(_attributes(shown)))


def _attributes(shown: _Shown) -> Iterator[tuple[str, str]]:
    yield "name", shown.name
    if shown.own:
        yield "own", shown.own
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
    def of(cls, entry: Product, max_discount: int) -> "_Offer":
        offer = cls(
            entry.price,
            entry.list_price,
            entry.currency,
            entry.discount_percent,
            entry.rating,
            entry.rating_count,
        )
        hidden = offer.percent_off > max_discount
        return offer._replace(list_price=None, discount_percent=None) if hidden else offer

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
