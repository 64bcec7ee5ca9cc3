"""The families of a catalogue."""

from collections.abc import Iterable, Mapping

from encore.contracts.records import Product
from encore.recommender.domain.families.evidence import Evidence, Pair
from encore.recommender.domain.families.groups import united
from encore.recommender.domain.families.shared_reviews import SharedReviews

MAX_FAMILY = 16
"""How many groups similarity joins to one family: it is not transitive, so more would be a chain."""


class Families:
    """Knows which products belong to one family.

    A product has labels, and products with a label in common are one family. The products of a `same` group
    are one family from the start, however many they are. Groups are merged by their closest pair first; where
    the result would be too large, only the two groups of the pair get a common label.
    """

    def __init__(self, pairs: Iterable[Pair], *, same: Iterable[Iterable[str]] = ()) -> None:
        self._group = united(same)
        self._family: dict[str, list[str]] = {}
        self._extra: dict[str, set[str]] = {}
        for one, other, _ in sorted(pairs, key=lambda pair: (-pair[2], *sorted(pair[:2]))):
            self._join(*sorted((self._group.get(one, one), self._group.get(other, other))))

    @classmethod
    def of(cls, products: Mapping[str, Product], shared: SharedReviews) -> "Families":
        """Find the families of a catalogue.

        Variants are the products of one `parent_id`, and those of one brand and category whose names differ
        only in size, colour or quantity. Products that share many reviews or have nearly the same names are
        one family as well.
        """
        evidence = Evidence(products)
        return cls((*shared.variants(), *evidence.alike_names()), same=evidence.variants())

    def labels(self, product_id: str) -> frozenset[str]:
        """Return the product's labels: never empty, and shared only with its family."""
        group = self._group.get(product_id, product_id)
        return frozenset((self.family(product_id), *self._extra.get(group, ())))

    def family(self, product_id: str) -> str:
        """Return the id of the product's family: its label that no neighbouring family shares."""
        group = self._group.get(product_id, product_id)
        return self._family.get(group, [group])[0]

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
        for group in theirs:
            self._family[group] = mine
