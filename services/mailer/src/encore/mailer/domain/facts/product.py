"""The facts of one product: the only source of its figures, its name and the reason it was picked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import chain

from encore.contracts.records import Product, Reason
from encore.mailer.domain.facts import figures
from encore.mailer.domain.facts.reasons import LIKING, StatedReason, stated_reason
from encore.mailer.domain.facts.titles import title
from encore.mailer.domain.text import category_label, clean

MAX_NAME_CHARS = 2_000
"""Far beyond real names; it only keeps a hostile one from blowing up the email."""
MAX_BULLETS = 8
MAX_BULLET_CHARS = 400
CACHED_PRODUCTS = 4_096
PERCENT = Decimal(100)
MIN_DISCOUNT_PERCENT = 5
"""A smaller discount is no news: it is neither shown on the card nor offered to copy."""

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


@dataclass(frozen=True)
class ProductFacts:
    """One product of the email, numbered from 1, best first."""

    number: int
    entry: Product
    """The product as the catalogue has it."""
    reason: Reason
    locale: str

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
        return stated_reason(self.reason, self.entry, locale=self.locale)

    @property
    def liked(self) -> str | None:
        """The product of the reason, if the reason says that the customer liked it."""
        return self.stated_reason.own_product if self.stated_reason.kind in LIKING else None

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of the product's name, category and bullets, in lower case."""
        return _vocabulary(self.entry)

    @cached_property
    def values(self) -> dict[str, str]:
        """The attributes that the product has, such as `price`, as they are shown."""
        return dict(self._values())

    @property
    def slots(self) -> dict[str, str]:
        """The same by slot, such as `1.price`."""
        return {f"{self.number}.{name}": value for name, value in self.values.items()}

    def _values(self) -> Iterator[tuple[str, str]]:
        entry = self.entry
        yield "name", title(self.name) or entry.product_id
        yield "price", self._money(entry.price)
        if entry.list_price is not None and entry.list_price > entry.price:
            yield "was_price", self._money(entry.list_price)
            yield "saving", self._money(entry.list_price - entry.price)
        if (percent := self._discount_percent()) >= MIN_DISCOUNT_PERCENT:
            yield "discount", f"{percent}%"
        if entry.rating:
            yield "rating", figures.rating(entry.rating, self.locale)
        if entry.rating and entry.rating_count:
            yield "rating_count", figures.count(entry.rating_count, self.locale)
        yield "reason", self.stated_reason.phrase

    def _money(self, amount: Decimal) -> str:
        return figures.money(amount, self.entry.currency, self.locale)

    def _discount_percent(self) -> int:
        """The catalogue's own figure; computed where it has only the two prices; 0 for no discount."""
        was = self.entry.list_price
        if was is not None and was <= self.entry.price:
            return 0
        if self.entry.discount_percent is not None or was is None:
            return self.entry.discount_percent or 0
        return int((was - self.entry.price) * PERCENT / was)


def catalogue_texts(product: Product) -> list[str]:
    """Return a product's cleaned name, its category in words, and its first bullets."""
    bullets = (clean(bullet, max_chars=MAX_BULLET_CHARS) for bullet in product.bullets[:MAX_BULLETS])
    return [clean(product.name, max_chars=MAX_BULLET_CHARS), category_label(product.category), *bullets]


@lru_cache(maxsize=CACHED_PRODUCTS)
def _vocabulary(product: Product) -> frozenset[str]:
    """The words, hyphenated ones also in parts."""
    words = chain.from_iterable(_WORD.findall(text.casefold()) for text in catalogue_texts(product))
    return frozenset(chain.from_iterable((word, *word.split("-")) for word in words))
