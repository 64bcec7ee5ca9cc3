"""Products that share their reviews. Shops show the same reviews under every variant of a product."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from encore.contracts.records import Customer

MIN_SHARED_REVIEWS = 0.25
"""The Jaccard similarity of their reviews at which two products are variants."""


class SharedReviews:
    """Counts the reviews that products share, and the people who have each product.

    Its size grows with the catalogue, not with the customers.
    """

    def __init__(self) -> None:
        self._people: Counter[str] = Counter()
        self._reviews: Counter[str] = Counter()
        self._shared: Counter[tuple[str, str]] = Counter()

    def add(self, customers: Iterable[Customer]) -> None:
        """Count more customers, each of whom is given once with all their reviews and purchases."""
        for customer in customers:
            self._people.update(customer.product_ids)
            for review in customer.reviews:
                listed = sorted(set(review.product_ids))
                self._reviews.update(listed)
                self._shared.update(combinations(listed, 2))

    def people(self, product_id: str) -> int:
        """Return how many customers have reviewed a product or bought it by an order."""
        return self._people[product_id]

    def variants(self) -> Iterator[tuple[str, str, float]]:
        """Yield the pairs of products that share enough of their reviews, with that share."""
        for (one, other), shared in self._shared.items():
            share = shared / (self._reviews[one] + self._reviews[other] - shared)
            if share >= MIN_SHARED_REVIEWS:
                yield one, other, share
