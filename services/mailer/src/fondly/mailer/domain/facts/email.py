"""The facts of one email: its customer's first name and its products."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from fondly.contracts.records import Recommendation
from fondly.contracts.shelves import is_shelf
from fondly.mailer.domain.facts.experience import Experience, Occasion, experience_of
from fondly.mailer.domain.facts.names import MAX_NAME_CHARS, first_name
from fondly.mailer.domain.facts.product import MAX_DISCOUNT_PERCENT, ProductFacts
from fondly.mailer.domain.facts.theme import shown, theme_of
from fondly.mailer.domain.language import language
from fondly.mailer.domain.language.naming import Naming
from fondly.mailer.domain.slots import FIRST_NAME
from fondly.mailer.domain.text import category_label

LONGEST_NAME = "N" * MAX_NAME_CHARS


class NoPicksError(ValueError):
    """A customer without a single pick cannot get an email."""


@dataclass(frozen=True)
class EmailFacts:
    """Everything one email may state, and where it goes."""

    customer_id: str
    address: str | None
    """As the file has it, for the header alone."""
    first_name: str | None
    brand: str
    language: str
    products: tuple[ProductFacts, ...]
    experience: Experience
    theme: str | None = None
    """What most products have in common, in words."""

    @property
    def occasion(self) -> Occasion:
        """The tone that what is known of the customer asks for."""
        return self.experience.occasion

    @property
    def has_one_product(self) -> bool:
        """Whether the email is about one product, and must not speak of several."""
        return len(self.products) == 1

    @cached_property
    def customer_slots(self) -> dict[str, str]:
        """The customer's slots with their values; the name only if it is usable."""
        name = {FIRST_NAME: self.first_name} if self.first_name else {}
        return name | self.experience.slots

    @cached_property
    def slots(self) -> dict[str, str]:
        """Every slot of the email with its value."""
        products = {slot: value for product in self.products for slot, value in product.slots.items()}
        return self.customer_slots | products

    def product(self, number: str) -> ProductFacts | None:
        """Return the product of this number, as the key of a line or the owner of a slot gives it."""
        return next((product for product in self.products if str(product.number) == number), None)


def email_facts(
    recommendation: Recommendation,
    *,
    brand: str,
    locale: str,
    max_discount: int = MAX_DISCOUNT_PERCENT,
    personal_words: bool = True,
    without: Collection[str] = (),
) -> EmailFacts:
    """Collect the facts of an email; raise `NoPicksError` without a pick.

    Without `personal_words` nothing is told of what the customer said. Of what it would show it has nothing
    of the products that it is `without`.
    """
    if not recommendation.picks:
        raise NoPicksError("the recommendation has no picks")
    picks = shown(recommendation.picks, apology=recommendation.complaint is not None)
    picks = tuple(each for each in picks if each.product.product_id not in without)
    if not picks:
        raise NoPicksError("all picks have been struck")
    words, theme = language(locale), category_label(theme_of(picks))
    categories = {each.product_id: each.category for each in recommendation.owned}
    products = tuple(
        ProductFacts(number, pick, locale, categories.get(pick.reason.product_id or "", ()), max_discount)
        for number, pick in enumerate(picks, 1)
    )
    experience = experience_of(recommendation, products, words)
    return EmailFacts(
        customer_id=recommendation.customer_id,
        address=recommendation.email,
        first_name=first_name(recommendation.name),
        brand=brand,
        language=words.code,
        products=products,
        experience=experience if personal_words else replace(experience, own=None),
        theme=Naming.load(words.code).in_sentence(theme) if theme and not is_shelf(theme) else None,
    )
