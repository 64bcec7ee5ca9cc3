"""Products that share their reviews. Shops show the same reviews under every variant of a product."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from pydantic import BaseModel

from encore.contracts.records import Customer

MIN_SHARED_REVIEWS = 0.25
"""The Jaccard similarity of their reviews at which two products are variants."""


class SharedCounts(BaseModel):
    """The people and reviews of products, and how many reviews of a product each other one shares."""

    people: dict[str, int] = {}
    reviews: dict[str, int] = {}
    shared: dict[str, dict[str, int]] = {}


class SharedReviews:
    """Counts the reviews that products share, and the people who have each product.

    Its size grows with the catalogue, not with the customers.
    """

    def __init__(self) -> None:
        self._people: Counter[str] = Counter()
        self._reviews: Counter[str] = Counter()
        self._shared: dict[str, Counter[str]] = {}

    def add(self, customers: Iterable[Customer]) -> None:
        """Count more customers, each of whom is given once with all their reviews and purchases."""
        for customer in customers:
            self._people.update(customer.product_ids)
            for review in customer.reviews:
                listed = sorted(set(review.product_ids))
                self._reviews.update(listed)
                for one, other in combinations(listed, 2):
                    self._shared.setdefault(one, Counter())[other] += 1

    def counted(self) -> SharedCounts:
        """Return what has been counted, for `merge`; the same customers in any order are the same."""
        shared = {one: dict(sorted(others.items())) for one, others in sorted(self._shared.items())}
        people, reviews = dict(sorted(self._people.items())), dict(sorted(self._reviews.items()))
        return SharedCounts(people=people, reviews=reviews, shared=shared)

    def merge(self, counted: SharedCounts) -> None:
        """Add what was counted of other customers, in any order."""
        self._people.update(counted.people)
        self._reviews.update(counted.reviews)
        for one, others in counted.shared.items():
            self._shared.setdefault(one, Counter()).update(others)

    def people(self, product_id: str) -> int:
        """Return how many customers have reviewed a product or bought it by an order."""
        return self._people[product_id]

    def variants(self) -> Iterator[tuple[str, str, float]]:
        """Yield the pairs of products that share enough of their reviews, with that share."""
        for one, others in self._shared.items():
            for other, shared in others.items():
                share = shared / (self._reviews[one] + self._reviews[other] - shared)
                if share >= MIN_SHARED_REVIEWS:
                    yield one, other, share
