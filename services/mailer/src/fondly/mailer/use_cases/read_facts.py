"""Reads what the emails of a part may state, before any of them is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fondly.contracts.records import Recommendation
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.facts.features import ProductFeatures

UNUSABLE = (ArithmeticError, LookupError, TypeError, ValueError)
"""What facts raise that no email can be made of."""


@dataclass(frozen=True)
class PartFacts:
    """The facts of those who get an email, and who gets none."""

    emails: dict[str, EmailFacts] = field(default_factory=dict)
    """By customer id."""
    failed: dict[str, str] = field(default_factory=dict)
    """Why no email can be made, by customer id."""
    left_out: list[str] = field(default_factory=list)
    """Ids of the customers with only bad experiences, if the shop leaves them alone."""


@dataclass(frozen=True, kw_only=True)
class ReadFacts:
    """Reads them for one shop."""

    brand: str
    locale: str
    leave_out_unhappy: bool = False

    def __call__(
        self, recommendations: Iterable[Recommendation], known: Mapping[str, ProductFeatures]
    ) -> PartFacts:
        """Return the facts of each customer's email; `known` are the products' features, by product id."""
        features = {product_id: record.features for product_id, record in known.items()}
        found = PartFacts()
        for each in recommendations:
            try:
                facts = email_facts(each, brand=self.brand, locale=self.locale, features=features)
                _ = facts.slots  # computed when first read: what cannot be shown fails here
            except UNUSABLE as error:
                found.failed[each.customer_id] = repr(error)
                continue
            if self.leave_out_unhappy and facts.occasion is Occasion.SORRY:
                found.left_out.append(each.customer_id)
            else:
                found.emails[each.customer_id] = facts
        return found
