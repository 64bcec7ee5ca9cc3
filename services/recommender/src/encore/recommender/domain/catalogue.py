"""A run's catalogue, indexed for picking."""

from collections.abc import Iterable, Mapping, Sequence

from encore.contracts.records import Product, ProductSentiment
from encore.recommender.domain.families import Families, SharedReviews
from encore.recommender.domain.names import Vector, cosine, document_frequency, rarity, tokens, vector
from encore.recommender.domain.popularity import is_disliked, popularity

Category = tuple[str, ...]
"""A category path, or a prefix of one."""


class Catalogue:
    """Everything that picking needs to know about products. Read-only, so it is shared by all customers."""

    def __init__(
        self, products: Iterable[Product], sentiments: Iterable[ProductSentiment], shared: SharedReviews
    ) -> None:
        self.products: Mapping[str, Product] = {p.product_id: _without_texts(p) for p in products}
        by_product = {sentiment.product_id: sentiment for sentiment in sentiments}
        self.disliked = frozenset(key for key, sentiment in by_product.items() if is_disliked(sentiment))
        self.popular = _best_first(popularity(self.products, by_product))
        self.popular_in = self._popular_in()
        families = Families.of(self.products, shared)
        self._labels = {product_id: families.labels(product_id) for product_id in self.products}
        self._names = self._name_vectors()

    def labels(self, product_id: str) -> frozenset[str]:
        """Return the product's family labels (see `Families`)."""
        return self._labels.get(product_id) or frozenset((product_id,))

    def similarity(self, one: str, other: str) -> float:
        """Return how similar two products are, from 0 to 1.

        The mean of two figures: the cosine of their names, in which rare words count more, and the share of
        category levels that they have in common from the top.
        """
        names = cosine(self._names[one], self._names[other])
        return (names + _shared_levels(self.products[one].category, self.products[other].category)) / 2

    def _popular_in(self) -> dict[Category, list[str]]:
        """Map every category and every prefix of one to its products, most popular first."""
        index: dict[Category, list[str]] = {}
        for product_id in self.popular:
            path = self.products[product_id].category
            for depth in range(1, len(path) + 1):
                index.setdefault(path[:depth], []).append(product_id)
        return index

    def _name_vectors(self) -> dict[str, Vector]:
        counts = {product_id: tokens(product.name) for product_id, product in self.products.items()}
        weights = rarity(document_frequency(counts), len(counts))
        return {product_id: vector(own, weights) for product_id, own in counts.items()}


def _without_texts(product: Product) -> Product:
    """Drop reviewers' words: a pick carries only facts about the product."""
    return product.model_copy(update={"shared_texts": ()})


def _best_first(scores: Mapping[str, float]) -> Sequence[str]:
    return sorted(scores, key=lambda product_id: (-scores[product_id], product_id))


def _shared_levels(one: Category, other: Category) -> float:
    longest = max(len(one), len(other))
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        shared += 1
    return shared / longest if longest else 0.0
