"""Reads what the emails of a part may state, before any of them is written."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from fondly.contracts.records import Recommendation
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.experience import Occasion
from fondly.mailer.domain.facts.product import MAX_DISCOUNT_PERCENT

UNUSABLE = (ArithmeticError, LookupError, TypeError, ValueError)
"""What facts raise that no email can be made of."""
Without = Callable[[str], Collection[str]]
"""Returns the products that a customer's email may not have."""


def nothing(customer_id: str) -> Collection[str]:
    """Keep nothing from a customer."""
    del customer_id
    return ()


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
    max_discount: int = MAX_DISCOUNT_PERCENT
    personal_words: bool = True

    def __call__(self, recommendations: Iterable[Recommendation], *, without: Without = nothing) -> PartFacts:
        """Return the facts of each customer's email, which it is `without` some products."""
        found = PartFacts()
        for each in recommendations:
            try:
                facts = email_facts(
                    each,
                    brand=self.brand,
                    locale=self.locale,
                    max_discount=self.max_discount,
                    personal_words=self.personal_words,
                    without=without(each.customer_id),
                )
                _ = facts.slots  # computed when first read: what cannot be shown fails here
            except UNUSABLE as error:
                found.failed[each.customer_id] = repr(error)
                continue
            if self.leave_out_unhappy and facts.occasion is Occasion.SORRY:
                found.left_out.append(each.customer_id)
            else:
                found.emails[each.customer_id] = facts
        return found
