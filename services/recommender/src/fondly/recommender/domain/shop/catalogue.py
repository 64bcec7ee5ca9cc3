"""A run's catalogue, indexed for picking."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from statistics import median

from fondly.contracts.records import Product, ProductSentiment
from fondly.recommender.domain.shop import names
from fondly.recommender.domain.shop.attributes import Attributes, makers_of, read_attributes, volume_of
from fondly.recommender.domain.shop.audience import Audience, audience, size_of
from fondly.recommender.domain.shop.families import Families, SharedReviews
from fondly.recommender.domain.shop.fitting import owned_with
from fondly.recommender.domain.shop.ratings import blamed, is_disliked, praised, shrunk_ratings
from fondly.recommender.domain.shop.taxonomy import Category, shared_levels, words

PART_LEVELS = 2
"""How many levels of a category path make a part of the shop, such as `Electronics|Headphones`."""

PEOPLE_SCORE, STAR_SCORE, MISFILED_SCORE = 0.2, 0.6, 1.2
"""What speaks for a product within its leaf category: each e-fold of people who have it, and each star; and
what speaks against one that does not seem to belong there."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a product's text says: what it takes and offers, whom it is for, and its size."""

    attributes: Attributes
    owned: Attributes
    """The attributes of what its owner is known to have."""
    audience: Audience
    size: str | None
    """The size with its system, such as "letter M"."""
    is_plain: bool
    """Whether it suits everybody, of whatever size and devices."""


class Catalogue:
    """Everything that picking needs to know about products. Read-only, so it is shared by all customers."""

    def __init__(
        self, products: Iterable[Product], sentiments: Iterable[ProductSentiment], shared: SharedReviews
    ) -> None:
        self._shared = shared
        self.products: Mapping[str, Product] = {product.product_id: product for product in products}
        by_product = {sentiment.product_id: sentiment for sentiment in sentiments}
        self.disliked = frozenset(key for key, sentiment in by_product.items() if is_disliked(sentiment))
        self.praised = {key: found for key, sentiment in by_product.items() if (found := praised(sentiment))}
        """What buyers praise, by product id."""
        self.blamed = {key: found for key, sentiment in by_product.items() if (found := blamed(sentiment))}
        self._people = {
            product_id: max(product.rating_count or 0, shared.owners[product_id])
            for product_id, product in self.products.items()
        }
        self._within = self._by_category()
        self.sizes = Counter(product.category for product in self.products.values())
        self._name_words = {key: frozenset(words(one.name)) for key, one in self.products.items()}
        families = Families.of(self.products, shared)
        self.family: Callable[[str], str] = cache(families.family)
        """Returns the id of the product's family."""
        self._labels = {
            key: (_volumes(one) or _titles(one)) | {families.family(key)}
            for key, one in self.products.items()
        }
        self.brand: Callable[[str], str | None] = names.brands_of(self.products.values()).get
        """Returns the product's brand, None when none is known."""
        self.facts: Callable[[str], Facts] = cache(self._read_facts)
        """Returns what the text of a product of the catalogue says."""
        self._makers = makers_of(self.products.values(), self.brand)
        self._price_levels = _price_levels(self.products.values())
        self._names = self._name_vectors()
        self._people_in = {
            category: sorted(-self._people[one] for one in own) for category, own in self._within.items()
        }
        self.naming: Callable[[Category, str], frozenset[str]] = cache(self._find_naming)
        """Returns the products of a leaf whose names have any word of the name of a category."""
        self.merits = self._merits(shrunk_ratings(self.products, by_product))

    def category(self, product_id: str) -> Category:
        """Return the category path of a product; empty when it has none, or is not in the catalogue."""
        product = self.products.get(product_id)
        return product.category if product else ()

    def labels(self, product_id: str) -> frozenset[str]:
        """Return the product's family labels (see `Families`)."""
        return self._labels.get(product_id) or frozenset((product_id,))

    def labels_of(self, product_ids: Collection[str]) -> frozenset[str]:
        """Return the family labels of all these products."""
        return frozenset().union(*map(self.labels, product_ids))

    def part(self, category: Category) -> Category:
        """Return the part of the shop that a category is in: the first levels of its path."""
        return category[:PART_LEVELS]

    def _read_facts(self, product_id: str) -> Facts:
        product = self.products[product_id]
        attributes = read_attributes(product, self.brand(product_id), self._makers)
        size = size_of(product)
        is_plain = size is None and not attributes.needs_fit
        return Facts(attributes, owned_with(attributes), audience(product), size, is_plain)

    def price_level(self, product: Product) -> float:
        """Return how dear a product is for its leaf: the natural logarithm of its price over the median."""
        return _log_price(product) - self._price_levels[product.category]

    def standing(self, product_id: str, category: Category) -> tuple[int, int]:
        """Return a product's rank by people in a category (`()` is the whole shop), and out of how many."""
        people = self._people_in[category]
        return bisect_left(people, -self._people[product_id]) + 1, len(people)

    def is_in(self, category: Category, names: Iterable[str]) -> bool:
        """Return whether any level of a category has one of these names, by its words."""
        return any(words(level) == words(name) for level in category for name in names)

    def similarity(self, one: str, other: str) -> float:
        """Return the mean of the likeness of two names and the share of levels in common, from 0 to 1."""
        mine, theirs = self.products[one].category, self.products[other].category
        levels = shared_levels(mine, theirs) / max(len(mine), len(theirs), 1)
        return (self.likeness(one, other) + levels) / 2

    def likeness(self, one: str, other: str) -> float:
        """Return the cosine of two products' names, from 0 to 1; rare words count more."""
        return names.cosine(self._names[one], self._names[other])

    def _find_naming(self, leaf: Category, thing: str) -> frozenset[str]:
        wanted, own = frozenset(words(thing)), self._name_words
        return frozenset(one for one in self._within.get(leaf, ()) if not wanted.isdisjoint(own[one]))

    def _merits(self, stars: Mapping[str, float]) -> dict[str, float]:
        """Map each product to what speaks for it in its leaf category, whoever the customer is.

        That is how many people have it, and how well they rate it. A product is behind if its name has no
        word of its category's while most of the others' have: a mouse pad among the gamepads.
        """
        about = {leaf: self.naming(leaf, leaf[-1]) for leaf in self.sizes if leaf}
        usual = {leaf for leaf, naming in about.items() if 2 * len(naming) > self.sizes[leaf]}
        people = self._family_people()
        return {
            product_id: PEOPLE_SCORE * math.log1p(people[self.family(product_id)])
            + STAR_SCORE * stars[product_id]
            - MISFILED_SCORE * (one.category in usual and product_id not in about[one.category])
            for product_id, one in self.products.items()
        }

    def _family_people(self) -> Mapping[str, int]:
        """Return how many people have any variant of each family, as far as it is known."""
        counted, rated = Counter[str](), Counter[str]()
        for product_id, product in self.products.items():
            family = self.family(product_id)
            counted[family] += self._shared.owners[product_id]
            rated[family] = max(rated[family], product.rating_count or 0)
        return counted | rated

    def _by_category(self) -> dict[Category, list[str]]:
        """Map every category, every prefix of one and () to its products."""
        index: dict[Category, list[str]] = {}
        for product_id, product in self.products.items():
            for depth in range(len(product.category) + 1):
                index.setdefault(product.category[:depth], []).append(product_id)
        return index

    def _name_vectors(self) -> dict[str, names.Vector]:
        counts = {product_id: names.tokens(product.name) for product_id, product in self.products.items()}
        weights = names.rarity(names.document_frequency(counts), len(counts))
        return {product_id: names.vector(own, weights) for product_id, own in counts.items()}


def _volumes(product: Product) -> frozenset[str]:
    """Return which volume of a series a product is, as a label that all its editions have in common."""
    volume = volume_of(product)
    return frozenset(f"\n{fact.value}" for fact in volume.offers) if volume else frozenset()


def _titles(product: Product) -> frozenset[str]:
    """Return what a product is called, as a label that other listings of it in its category have too."""
    title = names.title_key(product)
    return frozenset(["\t".join((*product.category, *title))]) if title else frozenset()


def _log_price(product: Product) -> float:
    return math.log1p(float(product.price))


def _price_levels(products: Iterable[Product]) -> dict[Category, float]:
    """Return the median of the logarithms of prices in each leaf category."""
    prices: dict[Category, list[float]] = {}
    for product in products:
        prices.setdefault(product.category, []).append(_log_price(product))
    return {category: median(found) for category, found in prices.items()}
