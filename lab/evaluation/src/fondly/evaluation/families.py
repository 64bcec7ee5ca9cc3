"""Families of products, as the recommender finds them in a shop's catalogue and reviews."""

from collections.abc import Mapping

from fondly.contracts.records import Product
from fondly.recommender.domain.shop.families import Families, SharedReviews


class FamilyIndex:
    """The families of all products; products that have a label in common are variants of one another."""

    def __init__(self, products: Mapping[str, Product], shared: SharedReviews) -> None:
        self._families = Families.of(products, shared)
        self._labels = {key: frozenset((self._families.family(key),)) for key in products}

    def labels(self, product_id: str) -> frozenset[str]:
        """Return the product's family labels; a product that is not in the catalogue is its own family."""
        return self._labels.get(product_id) or frozenset((product_id,))

    def family(self, product_id: str) -> str:
        """Return the id of the product's family."""
        return self._families.family(product_id)
