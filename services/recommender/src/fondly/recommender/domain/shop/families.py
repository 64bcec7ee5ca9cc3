"""Which products are variants of one another: colours, sizes, or the same thing listed twice."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from itertools import combinations

from pydantic import BaseModel

from fondly.contracts.records import Customer, Product
from fondly.recommender.domain.shop.names import alike, bare_name, stated_brand, tokens

MAX_FAMILY = 16
"""How many groups similarity joins to one family: it is not transitive, so more would be a chain."""
MIN_NAME_COSINE = 0.8
MIN_SHARED_REVIEWS = 0.25
"""The Jaccard similarity of their reviews at which two products are variants."""
MAX_NAMES = 4
"""By how many of its names a group of variants is compared with other products."""

Pair = tuple[str, str, float]
"""Two products, and how close they are: up to 1."""
_Words = Mapping[str, Counter[str]]
_GroupKey = tuple[Hashable, ...] | None


class SharedReviews(BaseModel):
    """The people and reviews of products, and how many reviews of a product each other one shares."""

    owners: Counter[str] = Counter()
    """How many customers have reviewed a product or bought it by an order."""
    reviews: Counter[str] = Counter()
    shared: dict[str, Counter[str]] = {}

    def add(self, customers: Iterable[Customer]) -> None:
        """Count more customers, each of whom is given once with all their reviews and purchases."""
        for customer in customers:
            self.owners.update(customer.product_ids)
            for review in customer.reviews:
                listed = sorted(set(review.product_ids))
                self.reviews.update(listed)
                for one, other in combinations(listed, 2):
                    self.shared.setdefault(one, Counter())[other] += 1

    def merge(self, counted: "SharedReviews") -> None:
        """Add what was counted of other customers, in any order."""
        self.owners.update(counted.owners)
        self.reviews.update(counted.reviews)
        for one, others in counted.shared.items():
            self.shared.setdefault(one, Counter()).update(others)

    def variants(self) -> Iterator[tuple[str, str, float]]:
        """Yield the pairs of products that share enough of their reviews, with that share."""
        for one, others in self.shared.items():
            for other, shared in others.items():
                share = shared / (self.reviews[one] + self.reviews[other] - shared)
                if share >= MIN_SHARED_REVIEWS:
                    yield one, other, share


class Families:
    """Knows which products belong to one family.

    The products of a `same` group are one family from the start, however many they are. Groups are merged by
    their closest pair first, unless the result would be too large.
    """

    def __init__(self, pairs: Iterable[Pair], *, same: Iterable[Iterable[str]] = ()) -> None:
        self._group = _united(same)
        self._family: dict[str, list[str]] = {}
        for one, other, _ in sorted(pairs, key=lambda pair: (-pair[2], *sorted(pair[:2]))):
            self._join(*sorted((self._group.get(one, one), self._group.get(other, other))))

    @classmethod
    def of(cls, products: Mapping[str, Product], shared: SharedReviews) -> "Families":
        """Find the families of a catalogue.

        Variants are the products of one `parent_id`, those of one brand and category whose names differ only
        in size, colour or quantity, and those of one name and brand, whatever their parents are in one
        category. Products that share many reviews or have nearly the same names are one family as well.
        """
        words = {product_id: tokens(product.name) for product_id, product in products.items()}
        listed = _grouped(_variant_keys(products))
        same = [*listed, *_grouped(_name_keys(products, words, "parent_id"))]
        same += _grouped(_name_keys(products, words, "category"))
        alike_names = _alike_names(products, words, same, frozenset().union(*listed))
        return cls((*shared.variants(), *alike_names), same=same)

    def family(self, product_id: str) -> str:
        """Return the id of the product's family."""
        group = self._group.get(product_id, product_id)
        return self._family.get(group, [group])[0]

    def _join(self, one: str, other: str) -> None:
        mine = self._family.setdefault(one, [one])
        theirs = self._family.setdefault(other, [other])
        if mine is theirs or len(mine) + len(theirs) > MAX_FAMILY:
            return
        mine.extend(theirs)
        for group in theirs:
            self._family[group] = mine


def _alike_names(
    products: Mapping[str, Product], words: _Words, same: Iterable[Iterable[str]], listed: Collection[str]
) -> Iterator[Pair]:
    """Yield the pairs whose names have a cosine over `MIN_NAME_COSINE`, of each group a few names.

    Neither the parents nor the brands that the shop states may tell them apart, and not both are `listed` as
    variants of others.
    """
    group, chosen = _united(same), dict[str, dict[Hashable, str]]()
    for product_id in sorted(products):
        names = chosen.setdefault(group.get(product_id, product_id), {})
        if len(names) < MAX_NAMES:
            names.setdefault(frozenset(words[product_id].items()), product_id)
    compared = {key: words[key] for names in chosen.values() for key in names.values()}
    for one, other, similarity in alike(compared, threshold=MIN_NAME_COSINE):
        both = products[one], products[other]
        facts = {product.parent_id for product in both}, {stated_brand(product) for product in both}
        if not (one in listed and other in listed) and all(len(fact - {None}) <= 1 for fact in facts):
            yield one, other, similarity


def _name_keys(products: Mapping[str, Product], words: _Words, beside: str) -> dict[str, _GroupKey]:
    """Map each product to its whole name and brand, and to what is told by its attribute `beside` them."""
    return {
        key: (frozenset(words[key].items()), stated_brand(product), getattr(product, beside))
        for key, product in products.items()
        if words[key]
    }


def _variant_keys(products: Mapping[str, Product]) -> dict[str, _GroupKey]:
    """Map each product to what it has in common with its variants."""
    keys: dict[str, _GroupKey] = {}
    for key, product in products.items():
        words = bare_name(product) if product.parent_id is None else None
        named = (words, stated_brand(product), product.category) if words else None
        keys[key] = named if product.parent_id is None else (product.parent_id,)
    return keys


def _grouped(keys: Mapping[str, _GroupKey]) -> list[list[str]]:
    """Return the groups of two and more products with an equal key; those without are in no group."""
    groups: defaultdict[_GroupKey, list[str]] = defaultdict(list)
    for product_id, key in keys.items():
        if key is not None:
            groups[key].append(product_id)
    return [group for group in groups.values() if len(group) > 1]


def _united(groups: Iterable[Iterable[str]]) -> dict[str, str]:
    """Return the smallest member of each member's group, where groups with a member in common are one."""
    parents: dict[str, str] = {}

    def root(member: str) -> str:
        while (above := parents.setdefault(member, member)) != member:
            parents[member] = parents[above]  # halves the path, so that the next search is shorter
            member = above
        return member

    for group in groups:
        roots = sorted({root(member) for member in group})
        parents.update(dict.fromkeys(roots, roots[0]) if roots else {})
    return {member: root(member) for member in parents}
