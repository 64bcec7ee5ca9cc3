"""Holds out each customer's last review, with everything that is a variant of its product."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from encore.contracts.records import Customer, Product, Review
from encore.evaluation.metrics import hits

Category = tuple[str, ...]
Labels = Callable[[str], AbstractSet[str]]
"""Returns the family labels of a product; products that share one are a family."""
LEVEL_2 = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What the customer bought next: its family labels, its leaf categories and their first two levels."""

    families: AbstractSet[str]
    leaves: AbstractSet[Category]
    level_2: AbstractSet[Category]

    @classmethod
    def of(cls, products: Sequence[Product], labels: Labels) -> "Target":
        """Return what counts as a hit for any of these products."""
        leaves = {product.category for product in products if product.category}
        return cls(
            families=frozenset().union(*(labels(product.product_id) for product in products)),
            leaves=leaves,
            level_2={leaf[:LEVEL_2] for leaf in leaves},
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """In what the target of one customer was found among their picks."""

    family: bool
    leaf: bool
    level_2: bool


@dataclass(frozen=True, slots=True)
class HeldOut:
    """All customers, some without their last review, and the targets of those by customer id."""

    customers: Sequence[Customer]
    targets: dict[str, Target]


def hold_out(customers: Sequence[Customer], products: Mapping[str, Product], labels: Labels) -> HeldOut:
    """Hold out the last review of every customer with reviews in two families or more.

    Reviews are ordered by time if all of a customer's have one, else as in the file. Nothing of the held-out
    families stays in the history; a customer who would have none left keeps everything and has no target.
    """
    kept, targets = [], {}
    for customer in customers:
        last = _last(customer.reviews)
        families = frozenset().union(*map(labels, last.product_ids)) if last else frozenset()
        history = _without(customer.reviews, families, labels)
        if last and history:
            found = [products[each] for each in last.product_ids if each in products]
            targets[customer.customer_id] = Target.of(found, labels)
            kept.append(customer.model_copy(update={"reviews": history}))
        else:
            kept.append(customer)
    return HeldOut(kept, targets)


def hit_of(products: Sequence[Product], target: Target, labels: Labels) -> Hit:
    """Return in what the target is among the products that a customer is offered."""
    leaves = [product.category for product in products]
    return Hit(
        family=hits((label for each in products for label in labels(each.product_id)), target.families),
        leaf=hits(leaves, target.leaves),
        level_2=hits((leaf[:LEVEL_2] for leaf in leaves), target.level_2),
    )


def _last(reviews: Sequence[Review]) -> Review | None:
    if any(review.timestamp is None for review in reviews):
        return reviews[-1]
    return max(enumerate(reviews), key=lambda each: (each[1].timestamp, each[0]), default=(0, None))[1]


def _without(reviews: Sequence[Review], families: AbstractSet[str], labels: Labels) -> tuple[Review, ...]:
    """Return the reviews without the products of these families, and without those about nothing else."""
    left = (
        (review, tuple(each for each in review.product_ids if families.isdisjoint(labels(each))))
        for review in reviews
    )
    return tuple(review.model_copy(update={"product_ids": ids}) for review, ids in left if ids)
