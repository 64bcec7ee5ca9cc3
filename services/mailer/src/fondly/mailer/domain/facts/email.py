"""The facts of one email: its customer's first name and its products."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from fondly.contracts.records import Recommendation
from fondly.mailer.domain.facts.aspects import told_praise
from fondly.mailer.domain.facts.experience import Experience, Occasion, experience_of
from fondly.mailer.domain.facts.names import MAX_NAME_CHARS, first_name
from fondly.mailer.domain.facts.product import ProductFacts
from fondly.mailer.domain.language import language
from fondly.mailer.domain.slots import FIRST_NAME

MAX_FEATURES = 6
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

    @property
    def occasion(self) -> Occasion:
        """The tone that what is known of the customer asks for."""
        return self.experience.occasion

    @property
    def has_one_product(self) -> bool:
        """Whether the email is about one product, and must not speak of several."""
        return len(self.products) == 1

    @property
    def own_words(self) -> tuple[str, ...]:
        """What may be said of the customer's own products."""
        return self.experience.words

    @cached_property
    def known(self) -> frozenset[str]:
        """What claims about the customer can rest on: `liking`, `owning`, `disliking`, `telling`."""
        return self.experience.known

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

    def of_frame(self) -> "EmailFacts":
        """Return what an email rests on that speaks of no product, for everybody with this experience.

        An email of one product keeps it: its frame must not speak of several.
        """
        products = self.products if self.has_one_product else ()
        return self._of_anybody(products, self.experience.of_anybody())

    def of_product(self, product: ProductFacts) -> "EmailFacts":
        """Return what texts on a product rest on, whoever gets it: it is product 1 of an email of its own."""
        return self._of_anybody((replace(product, number=1),), Experience(Occasion.NEW))

    def _of_anybody(self, products: tuple[ProductFacts, ...], experience: Experience) -> "EmailFacts":
        return replace(
            self,
            customer_id="",
            address=None,
            first_name=LONGEST_NAME,
            products=products,
            experience=experience,
        )

    def product(self, number: str) -> ProductFacts | None:
        """Return the product of this number, as the key of a line or the owner of a slot gives it."""
        return next((product for product in self.products if str(product.number) == number), None)


def email_facts(
    recommendation: Recommendation,
    *,
    brand: str,
    locale: str,
    features: Mapping[str, Sequence[str]] | None = None,
) -> EmailFacts:
    """Collect the facts of an email, with features by product id; raise `NoPicksError` without a pick."""
    if not recommendation.picks:
        raise NoPicksError("the recommendation has no picks")
    features, words = features or {}, language(locale)
    categories = {each.product_id: each.category for each in recommendation.owned}
    products = tuple(
        ProductFacts(
            number=number,
            entry=pick.product,
            reason=pick.reason,
            locale=locale,
            features=tuple(features.get(pick.product.product_id, ()))[:MAX_FEATURES],
            own_category=categories.get(pick.reason.product_id or "", ()),
            praised=next(filter(None, (told_praise(each.aspect, words) for each in pick.praised)), None),
        )
        for number, pick in enumerate(recommendation.picks, 1)
    )
    return EmailFacts(
        customer_id=recommendation.customer_id,
        address=recommendation.email,
        first_name=first_name(recommendation.name),
        brand=brand,
        language=words.code,
        products=products,
        experience=experience_of(recommendation, products, words),
    )
