"""A run's catalogue, indexed for picking."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from encore.contracts.records import Product, ProductSentiment
from encore.recommender.domain.brands import Brands
from encore.recommender.domain.families import Families, SharedReviews
from encore.recommender.domain.fits import Fits
from encore.recommender.domain.names import Vector, cosine, document_frequency, rarity, tokens, vector
from encore.recommender.domain.popularity import is_disliked, popularity, praised, shrunk_ratings
from encore.recommender.domain.taxonomy import Category, words

PART_LEVELS = 2
"""How many levels of a category path make a part of the shop, such as `Electronics|Headphones`."""

STAR_PLACES = 6.0
"""How many places in an order of products a star more is worth."""
MISFILED_PLACES = 12.0
"""How many places a product goes back that does not seem to belong in its leaf category."""


class Catalogue:
    """Everything that picking needs to know about products. Read-only, so it is shared by all customers."""

    def __init__(
        self,
        products: Iterable[Product],
        sentiments: Iterable[ProductSentiment],
        shared: SharedReviews,
    ) -> None:
        self.products: Mapping[str, Product] = {product.product_id: product for product in products}
        by_product = {sentiment.product_id: sentiment for sentiment in sentiments}
        self.disliked = frozenset(key for key, sentiment in by_product.items() if is_disliked(sentiment))
        self.praised = {key: found for key, sentiment in by_product.items() if (found := praised(sentiment))}
        """What buyers praise, by product id."""
        self._people = {
            product_id: max(product.rating_count or 0, shared.people(product_id))
            for product_id, product in self.products.items()
        }
        self.popular = _best_first(popularity(self.products, by_product, self._people))
        self.popular_in = self._popular_in()
        self.sizes = Counter(product.category for product in self.products.values())
        self._name_words = {key: frozenset(words(one.name)) for key, one in self.products.items()}
        self.merits = self._merits(shrunk_ratings(self.products, by_product))
        self._families = Families.of(self.products, shared)
        self._labels = {product_id: self._families.labels(product_id) for product_id in self.products}
        self._members: dict[str, list[str]] = {}
        for product_id in self.popular:
            self._members.setdefault(self.family(product_id), []).append(product_id)
        self._brands = Brands(self.products.values())
        self._fits = Fits(self.products.values(), self._brands)
        self._names = self._name_vectors()
        self._people_in = self._sorted_people()

    def category(self, product_id: str) -> Category:
        """Return the category path of a product; empty when it has none, or is not in the catalogue."""
        product = self.products.get(product_id)
        return product.category if product else ()

    def labels(self, product_id: str) -> frozenset[str]:
        """Return the product's family labels (see `Families`)."""
        return self._labels.get(product_id) or frozenset((product_id,))

    def family(self, product_id: str) -> str:
        """Return the id of the product's family."""
        return self._families.family(product_id)

    def family_members(self, family: str) -> Sequence[str]:
        """Return the products of a family, most popular first."""
        return self._members.get(family, ())

    def labels_of(self, product_ids: Collection[str]) -> frozenset[str]:
        """Return the family labels of all these products."""
        return frozenset().union(*map(self.labels, product_ids))

    def brand(self, product_id: str) -> str | None:
        """Return the product's brand, None when none is known."""
        return self._brands.brand_of(product_id)

    def part(self, category: Category) -> Category:
        """Return the part of the shop that a category is in: the first levels of its path."""
        return category[:PART_LEVELS]

    def fits(self, product_id: str, owned_id: str) -> bool:
        """Return False if a product is made for other makers' devices than an owned product (see `Fits`)."""
        return self._fits.fits(product_id, owned_id)

    def standing(self, product_id: str, category: Category) -> tuple[int, int]:
        """Return a product's rank among the products of a category, and their number.

        They are ordered by how many people are known to have rated, reviewed or bought them: as many as the
        shop says that rated them, or as its data has, whichever is more. Equal ones share the better rank.
        The empty category is the whole shop.
        """
        people = self._people_in[category]
        return bisect_left(people, -self._people[product_id]) + 1, len(people)

    def is_in(self, category: Category, names: Iterable[str]) -> bool:
        """Return whether any level of a category has one of these names, by its words."""
        return any(words(level) == words(name) for level in category for name in names)

    def similarity(self, one: str, other: str) -> float:
        """Return how similar two products are, from 0 to 1.

        The mean of two figures: how alike their names are, and the share of category levels that they have in
        common from the top.
        """
        levels = _shared_levels(self.products[one].category, self.products[other].category)
        return (self.likeness(one, other) + levels) / 2

    def likeness(self, one: str, other: str) -> float:
        """Return the cosine of two products' names, from 0 to 1; rare words count more."""
        return cosine(self._names[one], self._names[other])

    def naming(self, product_ids: Iterable[str], thing: str) -> list[str]:
        """Return those of the products whose names have any word of the name of a category."""
        wanted, own = frozenset(words(thing)), self._name_words
        return [product_id for product_id in product_ids if not wanted.isdisjoint(own[product_id])]

    def _merits(self, stars: Mapping[str, float]) -> dict[str, float]:
        """Map each product to the places that it is ahead of others in its leaf category, however ranked.

        Better rated ones are. A product is behind if its name has no word of its category's while most of the
        others' have: a mouse pad among the gamepads.
        """
        about = {leaf: set(self.naming(self.popular_in[leaf], leaf[-1])) for leaf in self.sizes if leaf}
        usual = {leaf for leaf, naming in about.items() if 2 * len(naming) > self.sizes[leaf]}
        return {
            product_id: STAR_PLACES * stars[product_id]
            - MISFILED_PLACES * (one.category in usual and product_id not in about[one.category])
            for product_id, one in self.products.items()
        }

    def _popular_in(self) -> dict[Category, list[str]]:
        """Map every category and every prefix of one to its products, most popular first."""
        index: dict[Category, list[str]] = {}
        for product_id in self.popular:
            path = self.products[product_id].category
            for depth in range(1, len(path) + 1):
                index.setdefault(path[:depth], []).append(product_id)
        return index

    def _sorted_people(self) -> dict[Category, list[int]]:
        """Map every category, every prefix of one and () to the people of its products, negated, sorted."""
        index: dict[Category, list[int]] = {}
        for product_id, product in self.products.items():
            for depth in range(len(product.category) + 1):
                index.setdefault(product.category[:depth], []).append(-self._people[product_id])
        return {category: sorted(people) for category, people in index.items()}

    def _name_vectors(self) -> dict[str, Vector]:
        counts = {product_id: tokens(product.name) for product_id, product in self.products.items()}
        weights = rarity(document_frequency(counts), len(counts))
        return {product_id: vector(own, weights) for product_id, own in counts.items()}


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
