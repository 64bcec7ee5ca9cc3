"""The facts of one product: the only source of its figures, its name and the reason it was picked."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from encore.contracts.records import Product, Reason, ReasonKind
from encore.mailer.domain.facts import figures
from encore.mailer.domain.facts.own_names import own_name
from encore.mailer.domain.facts.reasons import StatedReason, stated_reason
from encore.mailer.domain.facts.titles import title
from encore.mailer.domain.text import category_label, clean
from encore.mailer.domain.words.lists import WordLists

MAX_NAME_CHARS = 2_000
"""Far beyond real names; it only keeps a hostile one from blowing up the email."""
PERCENT = Decimal(100)
MIN_DISCOUNT_PERCENT = 5
"""A smaller discount is no news: it is neither shown on the card nor offered to copy."""
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
        return stated_reason(self.reason, self.entry, locale=self.locale)

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
        yield from ((f"f{number}", feature) for number, feature in enumerate(self.features, 1))
        if self.own:
            yield "own", self.own
        if self.praised:
            yield "praised", self.praised
        yield "price", self._money(entry.price)
        if entry.list_price is not None and entry.list_price > entry.price:
            yield "was_price", self._money(entry.list_price)
            yield "saving", self._money(entry.list_price - entry.price)
        if (percent := self._discount_percent()) >= MIN_DISCOUNT_PERCENT:
            yield "discount", figures.percent(percent, self.locale)
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
