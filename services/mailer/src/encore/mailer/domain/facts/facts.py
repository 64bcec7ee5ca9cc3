"""What is true of one email: the only source of the figures, names and reasons it shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from encore.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation
from encore.mailer.domain.facts import figures
from encore.mailer.domain.facts.customer import first_name
from encore.mailer.domain.facts.vocabulary import keywords, vocabulary
from encore.mailer.domain.slots import FIRST_NAME
from encore.mailer.domain.text import category_label, clean, short_name

MAX_NAME_CHARS = 2_000
"""Far beyond real names; it only keeps a hostile one from blowing up the email."""
PERCENT = Decimal(100)


class NothingToSayError(ValueError):
    """A customer without a single pick cannot get an email."""


@dataclass(frozen=True)
class ProductFacts:
    """One product of the email, numbered from 1, best first."""

    number: int
    product: Product
    reason: Reason
    locale: str

    @property
    def name(self) -> str:
        """The catalogue's name, whole; the id of a product whose name has nothing to show."""
        return clean(self.product.name, max_chars=MAX_NAME_CHARS) or self.product.product_id

    @property
    def category(self) -> str:
        """The product's own category, in words."""
        return category_label(self.product.category)

    @property
    def liked(self) -> str | None:
        """The product that the customer liked before, when that is the reason."""
        if self.reason.kind is not ReasonKind.BECAUSE_YOU_LIKED or not self.reason.product_name:
            return None
        return short_name(self.reason.product_name) or None

    @property
    def keywords(self) -> tuple[str, ...]:
        """A few words that the shop itself uses for the product, safe to repeat."""
        return keywords(self.product)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that the shop uses for the product, in lower case."""
        return vocabulary(self.product)

    @cached_property
    def values(self) -> dict[str, str]:
        """What each attribute that the product really has says, such as `price`."""
        return dict(self._values())

    @property
    def slots(self) -> dict[str, str]:
        """The attributes by slot, such as `1.price`."""
        return {f"{self.number}.{name}": value for name, value in self.values.items()}

    def _values(self) -> Iterator[tuple[str, str]]:
        product = self.product
        yield "name", short_name(self.name)
        yield "price", self._money(product.price)
        if product.list_price is not None and product.list_price > product.price:
            yield "was_price", self._money(product.list_price)
            yield "saving", self._money(product.list_price - product.price)
        if percent := self._discount_percent():
            yield "discount", f"{percent}%"
        if product.rating:
            yield "rating", figures.rating(product.rating, self.locale)
        if product.rating and product.rating_count:
            yield "rating_count", figures.count(product.rating_count, self.locale)
        yield "reason", self._reason()

    def _money(self, amount: Decimal) -> str:
        return figures.money(amount, self.product.currency, self.locale)

    def _discount_percent(self) -> int:
        """The catalogue's own figure; computed where it gives only the two prices; 0 for no discount."""
        was = self.product.list_price
        if was is not None and was <= self.product.price:
            return 0
        if self.product.discount_percent is not None or was is None:
            return self.product.discount_percent or 0
        return int((was - self.product.price) * PERCENT / was)

    def _reason(self) -> str:
        if self.liked:
            return f"because you liked {self.liked}"
        if self.reason.kind is ReasonKind.POPULAR_IN_CATEGORY and self.reason.category:
            return f"popular in {category_label((self.reason.category,))}"
        if self.reason.kind is ReasonKind.POPULAR:
            return "popular with our customers"
        return "a favourite of customers with your taste"


@dataclass(frozen=True)
class EmailFacts:
    """Everything one email may state."""

    customer_id: str
    first_name: str | None
    brand: str
    language: str
    products: tuple[ProductFacts, ...]

    @cached_property
    def customer_slots(self) -> dict[str, str]:
        """The slots about the customer with their values: none for a customer without a usable name."""
        return {FIRST_NAME: self.first_name} if self.first_name else {}

    @cached_property
    def slots(self) -> dict[str, str]:
        """Every slot of the email with its value."""
        products = {slot: value for product in self.products for slot, value in product.slots.items()}
        return self.customer_slots | products

    def product(self, number: str) -> ProductFacts | None:
        """Return the product that a line's key or a slot's owner names, if there is one."""
        return next((product for product in self.products if str(product.number) == number), None)


def email_facts(recommendation: Recommendation, *, brand: str, locale: str) -> EmailFacts:
    """Collect the facts of one customer's email; raise `NothingToSayError` when there is no pick."""
    if not recommendation.picks:
        raise NothingToSayError("no picks")
    return EmailFacts(
        customer_id=recommendation.customer_id,
        first_name=first_name(recommendation.name),
        brand=brand,
        language=locale.partition("_")[0],
        products=tuple(
            _product_facts(number, pick, locale) for number, pick in enumerate(recommendation.picks, 1)
        ),
    )


def _product_facts(number: int, pick: Pick, locale: str) -> ProductFacts:
    return ProductFacts(number=number, product=pick.product, reason=pick.reason, locale=locale)
