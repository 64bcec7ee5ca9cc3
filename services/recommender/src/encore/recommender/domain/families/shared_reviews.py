"""Products that share their reviews. Shops show the same reviews under every variant of a product."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from pydantic import BaseModel

from encore.contracts.records import Customer

MIN_SHARED_REVIEWS = 0.25
"""The Jaccard similarity of their reviews at which two products are variants."""


class SharedCounts(BaseModel):
    """Shared reviews as plain columns.

    Of `products` their people and reviews; of pairs of places in `products` how many reviews they share.
    """

    products: list[str] = []
    people: list[int] = []
    reviews: list[int] = []
    ones: list[int] = []
    others: list[int] = []
    shared: list[int] = []


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

    def counted(self) -> SharedCounts:
        """Return what has been counted, for `merge`; the same customers in any order are the same."""
        products = sorted(self._people)
        places = {product_id: place for place, product_id in enumerate(products)}
        pairs = sorted(self._shared.items())
        return SharedCounts(
            products=products,
            people=[self._people[product_id] for product_id in products],
            reviews=[self._reviews[product_id] for product_id in products],
            ones=[places[one] for (one, _), _ in pairs],
            others=[places[other] for (_, other), _ in pairs],
            shared=[shared for _, shared in pairs],
        )

    def merge(self, counted: SharedCounts) -> None:
        """Add what was counted of other customers, in any order."""
        products = counted.products
        self._people.update(dict(zip(products, counted.people, strict=True)))
        self._reviews.update(dict(zip(products, counted.reviews, strict=True)))
        pairs = (
            (products[one], products[other]) for one, other in zip(counted.ones, counted.others, strict=True)
        )
        self._shared.update(dict(zip(pairs, counted.shared, strict=True)))

    def people(self, product_id: str) -> int:
        """Return how many customers have reviewed a product or bought it by an order."""
        return self._people[product_id]

    def variants(self) -> Iterator[tuple[str, str, float]]:
        """Yield the pairs of products that share enough of their reviews, with that share."""
        for (one, other), shared in self._shared.items():
            share = shared / (self._reviews[one] + self._reviews[other] - shared)
            if share >= MIN_SHARED_REVIEWS:
                yield one, other, share
