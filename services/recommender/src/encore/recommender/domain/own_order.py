"""The order of given products for a customer, by what picks are considered by."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heappop, heapreplace

from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.picks import AGAIN
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.taxonomy import Category


def own_order(shopper: Shopper, product_ids: Iterable[str]) -> list[str]:
    """Return the given products that the catalogue has, each once, best first for the customer.

    As when products are picked, leaf categories come by weight, each product lowers its own, and in a leaf
    products come as they are considered; but no rule keeps anything out. What may not be offered, and what
    the customer has, comes last, in the given order.
    """
    shop = shopper.shop
    given = [one for one in dict.fromkeys(product_ids) if one in shop.catalogue.products]
    offered = {
        one for one in given if one in shop.offers and shopper.labels.isdisjoint(shop.catalogue.labels(one))
    }
    return [
        *_by_leaf(Candidates(shopper), [one for one in given if one in offered]),
        *(one for one in given if one not in offered),
    ]


def _by_leaf(candidates: Candidates, product_ids: Sequence[str]) -> Iterator[str]:
    """Yield products from the leaf of the greatest weight, which each of them lowers."""
    leaves = {leaf: iter(ordered) for leaf, ordered in _in_leaves(candidates, product_ids).items()}
    waiting = [(-candidates.weights.get(leaf, 0.0), leaf) for leaf in leaves]
    heapify(waiting)
    while waiting:
        weight, leaf = waiting[0]
        product_id = next(leaves[leaf], None)
        if product_id is None:
            heappop(waiting)
        else:
            yield product_id
            heapreplace(waiting, (weight * AGAIN, leaf))


def _in_leaves(candidates: Candidates, product_ids: Sequence[str]) -> dict[Category, list[str]]:
    """Group products by leaf category: those that are considered in their order, then by popularity."""
    catalogue = candidates.shop.catalogue
    wanted: defaultdict[Category, set[str]] = defaultdict(set)
    for product_id in product_ids:
        wanted[catalogue.category(product_id)].add(product_id)
    found: dict[Category, list[str]] = {}
    for leaf, ids in wanted.items():
        considered = dict.fromkeys(one for one in candidates.products(leaf) if one in ids)
        others = (one for one in catalogue.popular_in.get(leaf, ()) if one in ids)
        rest = sorted(ids.difference(considered))
        found[leaf] = list(dict.fromkeys([*considered, *others, *rest]))
    return found
