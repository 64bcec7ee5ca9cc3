"""What shows that a customer has a product: their reviews, and the products that they bought by orders."""

from dataclasses import dataclass, field

from encore.contracts.records import Customer


@dataclass(slots=True)
class Evidence:
    """One review with all products that it is listed under, or one product that the customer bought.

    A product is bought once here, however often it was ordered; `timestamp` is the latest, 0 without any.
    """

    is_review: bool
    product_ids: set[str] = field(default_factory=set)
    timestamp: int = 0

    def add(self, *product_ids: str, timestamp: int | None) -> None:
        """Add products, and the time of what names them."""
        self.product_ids.update(product_ids)
        self.timestamp = max(self.timestamp, timestamp or 0)


def evidence_of(customer: Customer) -> list[Evidence]:
    """Return the customer's evidence, the latest first; at the same time reviews come before purchases."""
    reviews: dict[str, Evidence] = {}
    for review in customer.reviews:
        told = reviews.setdefault(review.review_id, Evidence(is_review=True))
        told.add(*review.product_ids, timestamp=review.timestamp)
    bought: dict[str, Evidence] = {}
    for purchase in customer.purchases:
        told = bought.setdefault(purchase.product_id, Evidence(is_review=False))
        told.add(purchase.product_id, timestamp=purchase.timestamp)
    return sorted((*reviews.values(), *bought.values()), key=lambda one: -one.timestamp)
