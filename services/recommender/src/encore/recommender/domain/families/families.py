"""Which products are variants of one another: colours, sizes, or the same thing listed twice.

Shops show the same reviews under every variant, so products that share many of their reviews belong to one
family; so do products with nearly the same words in their names.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

from encore.contracts.records import Customer, Product
from encore.recommender.domain.families.alike import alike
from encore.recommender.domain.families.shared_reviews import SharedReviews
from encore.recommender.domain.names import tokens

MIN_SHARED_REVIEWS = 0.25
"""The Jaccard similarity of their reviews at which two products are variants."""
MIN_NAME_COSINE = 0.8
MAX_FAMILY = 16
"""Similarity is not transitive: larger families would be chains of different things."""

Pair = tuple[str, str]


class Families:
    """Knows which products belong to one family.

    A product has labels, and products with a label in common are one family. Products with the `same` name
    are a family from the start. Pairs are merged closest first; where the result would be too large, only the
    pair itself gets a common label.
    """

    def __init__(self, pairs: Iterable[tuple[str, str, float]], *, same: Iterable[list[str]] = ()) -> None:
        self._family: dict[str, list[str]] = {one: group for group in same for one in group}
        self._extra: dict[str, set[str]] = {}
        for one, other, _ in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
            self._join(one, other)

    @classmethod
    def of(cls, products: Mapping[str, Product], shared: SharedReviews) -> "Families":
        """Find the families of a catalogue."""
        names = {product_id: tokens(product.name) for product_id, product in products.items()}
        same: dict[frozenset[tuple[str, int]], list[str]] = {}
        for product_id, words in names.items():
            if words:
                same.setdefault(frozenset(words.items()), []).append(product_id)
        distinct = {group[0]: names[group[0]] for group in same.values()}
        pairs = (*shared.variants(), *alike(distinct, threshold=MIN_NAME_COSINE))
        return cls(pairs, same=same.values())

    def labels(self, product_id: str) -> frozenset[str]:
        """Return the product's labels: never empty, and shared only with its variants."""
        family = self._family.get(product_id, [product_id])
        return frozenset((family[0], *self._extra.get(product_id, ())))

    def _join(self, one: str, other: str) -> None:
        mine = self._family.setdefault(one, [one])
        theirs = self._family.setdefault(other, [other])
        if mine is theirs:
            return
        if len(mine) + len(theirs) > MAX_FAMILY:
            label = f"{one}\n{other}"  # no product id has a line break, so this label is unique
            self._extra.setdefault(one, set()).add(label)
            self._extra.setdefault(other, set()).add(label)
            return
        mine.extend(theirs)
        for product_id in theirs:
            self._family[product_id] = mine
