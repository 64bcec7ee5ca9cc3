"""Which products, and which categories, the same customers own, counted part by part.

A customer links two things only through different evidence. A review that is listed under the variants of a
product, or under several products, says nothing about what goes together; what was bought does, be it by one
order or by two.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet

import numpy as np

from encore.contracts.records import Customer
from encore.recommender.domain.durables import Repeats
from encore.recommender.domain.evidence import evidence_of
from encore.recommender.domain.link_files import link_file, read_link_file
from encore.recommender.domain.links import Links, Thing, linked
from encore.recommender.domain.taxonomy import Category

MAX_EVIDENCE = 50
"""How much of a customer's evidence is counted, the latest first: pairs grow with its square."""
MAX_OWNED = 50
"""How many families of a customer are counted, for the same reason."""


class CoPurchases:
    """Counts what customers own together, by family and by leaf category, and what they like together.

    `family` gives the id of a product's family, `category` its category path or (), which is not counted. Up
    to `MAX_PAIRS`, the order of the customers and how they are split into parts change nothing.
    """

    def __init__(
        self,
        *,
        family: Callable[[str], str],
        category: Callable[[str], Category],
    ) -> None:
        self.families = Links[str]()
        self.liked = Links[str]()
        self.leaves = Links[Category]()
        self._family = family
        self._category = category
        self._returning: Counter[Category] = Counter()
        self._repeated: Counter[Category] = Counter()
        self._further: Counter[Category] = Counter()

    def add(
        self, customers: Iterable[Customer], liked: Callable[[Customer], Collection[str]] = lambda _: ()
    ) -> None:
        """Count more customers, each of whom is given once with all their reviews and purchases.

        `liked` returns the products that a customer is known to like.
        """
        for customer in customers:
            told = evidence_of(customer)[:MAX_EVIDENCE]
            products = self._products(one.product_ids for one in told)
            reviews = sum(one.is_review << place for place, one in enumerate(told))
            likes = liked(customer)
            opinions = {one: bits & reviews for one, bits in products.items() if one in likes}
            families = self._of_families(products)
            self.families.add(families)
            self.liked.add(self._of_families(opinions))
            self._add_leaves(products, families, self._rebought(customer))

    def to_bytes(self) -> bytes:
        """Return what has been counted as a file, for `merge`."""
        leaves = self.leaves.counted()
        returning = {
            name: np.array([counts[leaf] for leaf in leaves.things], dtype=np.int64)
            for name, counts in self._returning_counts().items()
        }
        return link_file(
            families=self.families.counted(), liked=self.liked.counted(), leaves=leaves, counts=returning
        )

    def merge(self, file: bytes) -> None:
        """Add what was counted of other customers; `family` and `category` must have been the same."""
        found = read_link_file(file)
        self.families.merge(found.families)
        self.liked.merge(found.liked)
        self.leaves.merge(found.leaves)
        for name, counts in self._returning_counts().items():
            counts.update(dict(zip(found.leaves.things, found.counts[name].tolist(), strict=True)))

    def settle(self) -> None:
        """Make reading safe for several threads, until more is added."""
        for links in (self.families, self.liked):
            links.settle()
        self.leaves.settle()

    def repeats(self) -> dict[Category, Repeats]:
        """Return, for each leaf category, what its customers own besides."""
        return {
            leaf: Repeats(
                owners=self.leaves.owners[leaf],
                returning=self._returning[leaf],
                repeated=self._repeated[leaf],
                further=self._further[leaf],
            )
            for leaf in self.leaves.owners
        }

    def _returning_counts(self) -> Mapping[str, Counter[Category]]:
        return {"returning": self._returning, "repeated": self._repeated, "further": self._further}

    def _products(self, told: Iterable[Iterable[str]]) -> dict[str, int]:
        """Return the bits of the evidence for each product, for as many families as are counted."""
        products = _merged((product, 1 << n) for n, listed in enumerate(told) for product in sorted(listed))
        kept = set(list(dict.fromkeys(map(self._family, products)))[:MAX_OWNED])
        return {product: bits for product, bits in products.items() if self._family(product) in kept}

    def _of_families(self, products: Mapping[str, int]) -> dict[str, int]:
        return _merged((self._family(product), bits) for product, bits in products.items() if bits)

    def _rebought(self, customer: Customer) -> set[str]:
        """Return the families of which several orders have the same product; a variant may be an exchange."""
        if len(customer.purchases) <= 1:
            return set()
        orders = {(one.product_id, one.order_id) for one in customer.purchases}
        counted = Counter(product_id for product_id, _ in orders)
        return {self._family(product_id) for product_id, times in counted.items() if times > 1}

    def _add_leaves(
        self, products: Mapping[str, int], families: Mapping[str, int], rebought: AbstractSet[str]
    ) -> None:
        """Count the customer's leaves, and from one family of each what else they have by other evidence."""
        leaves = {product: leaf for product in products if (leaf := self._category(product))}
        self.leaves.add(_merged((leaf, products[product]) for product, leaf in leaves.items()))
        within: dict[Category, list[str]] = {}
        for product, leaf in leaves.items():
            within.setdefault(leaf, []).append(self._family(product))
        for leaf, (first, *others) in within.items():
            further = {family for family, bits in families.items() if linked(families[first], bits)}
            again = not rebought.isdisjoint((first, *others))
            self._further[leaf] += len(further) + again
            self._returning[leaf] += bool(further) or again
            self._repeated[leaf] += not further.isdisjoint(others) or again


def _merged(owned: Iterable[tuple[Thing, int]]) -> dict[Thing, int]:
    merged: dict[Thing, int] = {}
    for thing, bits in owned:
        merged[thing] = merged.get(thing, 0) | bits
    return merged
