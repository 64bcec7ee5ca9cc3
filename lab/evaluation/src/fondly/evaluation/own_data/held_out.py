"""Holds out what each customer reviewed or bought last, with everything that is a variant of it."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from fondly.contracts.records import Customer, Product
from fondly.evaluation.metrics import hits

Category = tuple[str, ...]
Labels = Callable[[str], AbstractSet[str]]
"""Returns the family labels of a product; products that share one are a family."""
LEVEL_2 = 2


@dataclass(frozen=True, slots=True)
class Target:
    """What the customer bought next: its ids, family labels, leaf categories and their first two levels."""

    ids: AbstractSet[str]
    families: AbstractSet[str]
    leaves: AbstractSet[Category]
    level_2: AbstractSet[Category]

    @classmethod
    def of(cls, products: Sequence[Product], labels: Labels) -> "Target":
        """Return what counts as a hit for any of these products."""
        leaves = {product.category for product in products if product.category}
        return cls(
            ids={product.product_id for product in products},
            families=frozenset().union(*(labels(product.product_id) for product in products)),
            leaves=leaves,
            level_2={leaf[:LEVEL_2] for leaf in leaves},
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """In what the target of one customer was found among their picks."""

    exact: bool
    """The very product, where `family` is any variant of it."""
    family: bool
    leaf: bool
    level_2: bool


@dataclass(frozen=True, slots=True)
class HeldOut:
    """All customers, some without what they reviewed or bought last; the targets of those by their ids."""

    customers: Sequence[Customer]
    targets: dict[str, Target]


def hold_out(customers: Sequence[Customer], products: Mapping[str, Product], labels: Labels) -> HeldOut:
    """Hold out the last review or purchase of every customer who has products of two families or more.

    They are ordered by time if all of a customer's have one, else as in the file, reviews before purchases.
    Nothing of the held-out families stays in the history; a customer who would have none left keeps
    everything and has no target.
    """
    kept, targets = [], {}
    for customer in customers:
        last = _last(customer)
        families = frozenset[str]().union(*map(labels, last))
        history = _without(customer, families, labels)
        if last and history.product_ids:
            found = [products[each] for each in last if each in products]
            targets[customer.customer_id] = Target.of(found, labels)
            kept.append(history)
        else:
            kept.append(customer)
    return HeldOut(kept, targets)


def hit_of(products: Sequence[Product], target: Target, labels: Labels) -> Hit:
    """Return in what the target is among the products that a customer is offered."""
    leaves = [product.category for product in products]
    return Hit(
        exact=hits((each.product_id for each in products), target.ids),
        family=hits((label for each in products for label in labels(each.product_id)), target.families),
        leaf=hits(leaves, target.leaves),
        level_2=hits((leaf[:LEVEL_2] for leaf in leaves), target.level_2),
    )


def _last(customer: Customer) -> Sequence[str]:
    """Return the products of the customer's last review or purchase; none if they have neither."""
    told = [(each.timestamp, each.product_ids) for each in customer.reviews]
    told += [(each.timestamp, (each.product_id,)) for each in customer.purchases]
    times = [time for time, _ in told if time is not None]
    if len(times) < len(told):
        return told[-1][1]
    return told[max(range(len(times)), key=lambda at: (times[at], at))][1] if times else ()


def _without(customer: Customer, families: AbstractSet[str], labels: Labels) -> Customer:
    """Return the customer without products of these families, and without reviews about nothing else."""
    left = (
        (review, tuple(each for each in review.product_ids if families.isdisjoint(labels(each))))
        for review in customer.reviews
    )
    bought = (each for each in customer.purchases if families.isdisjoint(labels(each.product_id)))
    return customer.model_copy(
        update={
            "reviews": tuple(review.model_copy(update={"product_ids": ids}) for review, ids in left if ids),
            "purchases": tuple(bought),
        }
    )
