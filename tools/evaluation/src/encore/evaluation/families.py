"""Families of products, as the recommender finds them in a run's catalogue and reviews."""

from collections.abc import Iterable, Mapping

from encore.contracts.records import Customer, Product
from encore.recommender.domain.families import Families, SharedReviews

BETWEEN_GROUPS = "\n"
"""In a label that joins two groups which are too large for one family; no product id contains it."""


class FamilyIndex:
    """The family labels of every product; products that have one in common are variants of one another."""

    def __init__(self, products: Mapping[str, Product], shared: SharedReviews) -> None:
        families = Families.of(products, shared)
        self._labels = {product_id: families.labels(product_id) for product_id in products}

    @classmethod
    def of(cls, products: Iterable[Product], customers: Iterable[Customer]) -> "FamilyIndex":
        """Return the families of a whole shop."""
        shared = SharedReviews()
        shared.add(customers)
        return cls({product.product_id: product for product in products}, shared)

    def labels(self, product_id: str) -> frozenset[str]:
        """Return the product's labels; a product that is not in the catalogue is its own family."""
        return self._labels.get(product_id) or frozenset((product_id,))

    def family(self, product_id: str) -> str:
        """Return the one label that tells the product's group from all others."""
        return next(label for label in self.labels(product_id) if BETWEEN_GROUPS not in label)
