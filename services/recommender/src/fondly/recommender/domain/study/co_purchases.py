"""Which products, and which categories, the same customers own, counted part by part.

A customer links two things only through different evidence. A review that is listed under the variants of a
product, or under several products, says nothing about what goes together; what was bought does, be it by one
order or by two.
"""

import io
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from fondly.contracts.records import Customer
from fondly.recommender.domain.shop.durables import Repeats
from fondly.recommender.domain.shop.taxonomy import Category
from fondly.recommender.domain.study.links import COLUMNS, Links, Thing, as_array, linked

MAX_EVIDENCE = 50
"""How much of a customer's evidence is counted, the latest first: pairs grow with its square."""
MAX_OWNED = 50
"""How many families of a customer are counted, for the same reason."""
AGAIN = ("returning", "repeated", "further", "within")
"""What is counted of each leaf category for `Repeats`."""


class CoPurchases:
    """Counts what customers own together, by family and by leaf category, and what they like together.

    `family` gives the id of a product's family, `category` its category path or (), which is not counted. Up
    to `MAX_PAIRS`, the order of the customers and how they are split into parts change nothing.
    """

    def __init__(self, *, family: Callable[[str], str], category: Callable[[str], Category]) -> None:
        self.families = Links[str]()
        self.liked = Links[str]()
        self.leaves = Links[Category]()
        self._family = family
        self._category = category
        self._again: dict[str, Counter[Category]] = {name: Counter() for name in AGAIN}

    def add(
        self, customers: Iterable[Customer], liked: Callable[[Customer], Collection[str]] = lambda _: ()
    ) -> None:
        """Count customers, each given once; `liked` returns what they are known to like."""
        for customer in customers:
            told = _evidence(customer)[:MAX_EVIDENCE]
            products = self._products(listed for _, listed in told)
            reviews = sum(is_review << place for place, (is_review, _) in enumerate(told))
            likes = liked(customer)
            opinions = {one: bits & reviews for one, bits in products.items() if one in likes}
            families = self._of_families(products)
            self.families.add(families)
            self.liked.add(self._of_families(opinions))
            self._add_leaves(products, families, self._rebought(customer))

    def to_bytes(self) -> bytes:
        """Return what has been counted as a file, for `merge`."""
        again = {name: list(counts.items()) for name, counts in self._again.items()}
        columns: dict[str, Any] = {"again": as_array(json.dumps(again))}
        for name, links in self._links().items():
            columns |= {f"{name}.{column}": values for column, values in links.columns().items()}
        buffer = io.BytesIO()
        np.savez(buffer, **columns)
        return buffer.getvalue()

    def merge(self, file: bytes, times: int = 1) -> None:
        """Add counts of other customers with the same families and categories; -1 times takes them away."""
        with np.load(io.BytesIO(file), allow_pickle=False) as columns:
            for name, links in self._links().items():
                links.merge({column: columns[f"{name}.{column}"] for column in COLUMNS}, times)
            for name, counts in json.loads(columns["again"].tobytes()).items():
                self._again[name].update({tuple(leaf): times * count for leaf, count in counts})

    def fold(self) -> None:
        """Make reading safe for several threads, until more is added."""
        for links in self._links().values():
            links.fold()

    def repeats(self) -> dict[Category, Repeats]:
        """Return, for each leaf category, what its customers own besides."""
        return {
            leaf: Repeats(owners=owners, **{name: counts[leaf] for name, counts in self._again.items()})
            for leaf, owners in self.leaves.owners.items()
        }

    def _links(self) -> Mapping[str, Links[Any]]:
        return {"families": self.families, "liked": self.liked, "leaves": self.leaves}

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
            self._again["further"][leaf] += len(further) + again
            self._again["returning"][leaf] += bool(further) or again
            of_leaf = len(further.intersection(others)) + again
            self._again["repeated"][leaf] += of_leaf > 0
            self._again["within"][leaf] += of_leaf


def _merged(owned: Iterable[tuple[Thing, int]]) -> dict[Thing, int]:
    merged: dict[Thing, int] = {}
    for thing, bits in owned:
        merged[thing] = merged.get(thing, 0) | bits
    return merged


def _evidence(customer: Customer) -> list[tuple[bool, set[str]]]:
    """Return what shows that a customer has products, and whether it is a review, the latest first.

    It is a review with all products that it is listed under, or one product, however often it was ordered;
    at the same time reviews come first.
    """
    found: dict[tuple[bool, str], tuple[set[str], list[int]]] = {}
    for review in customer.reviews:
        listed, times = found.setdefault((True, review.review_id), (set(), []))
        listed.update(review.product_ids)
        times.append(review.timestamp or 0)
    for purchase in customer.purchases:
        _, times = found.setdefault((False, purchase.product_id), ({purchase.product_id}, []))
        times.append(purchase.timestamp or 0)
    latest = sorted(found.items(), key=lambda one: -max(one[1][1]))
    return [(is_review, listed) for (is_review, _), (listed, _) in latest]
