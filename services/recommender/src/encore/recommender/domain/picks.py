"""Distinct products for a customer, each with its reason, by the rules of a merchandiser."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import chain

from encore.contracts.records import Pick
from encore.recommender.domain.basket import COSTS, TOO_MUCH, UNBROKEN, Basket, Chosen, Rule
from encore.recommender.domain.candidates import Candidates
from encore.recommender.domain.offers import Offer
from encore.recommender.domain.reasons import Reasons
from encore.recommender.domain.shop import Shop
from encore.recommender.domain.shopper import Shopper
from encore.recommender.domain.taxonomy import Category

AGAIN = 0.15
"""What remains of a leaf category's weight with each pick from it, so that lists vary."""
ANOTHER_DURABLE = 0.1
"""The same where the picks are things that people need one of."""
WIDEN_FROM = COSTS[Rule.COMPLEMENTS]
"""From this cost on, all leaf categories of the catalogue are searched for a better offer."""
PINNED_BELOW = COSTS[Rule.REPEAT]
"""A pinned product is picked unless it breaks one of the rules from `REPEAT` on."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A customer's picks, best first, and how many of them each rule had to yield for."""

    picks: tuple[Pick, ...]
    yielded: Counter[Rule] = field(default_factory=Counter)


def pick(shopper: Shopper) -> Selection:
    """Return `shop.picks` picks, best first, or as many as it offers that the customer does not have.

    Rules yield one after the other, in the order of `Rule`, and only while a customer would get too
    few products.
    """
    shop, candidates = shopper.shop, Candidates(shopper)
    basket = Basket(candidates)
    _add_pinned(basket, shop)
    _fill(basket, shop, candidates)
    chosen = sorted(basket.chosen, key=lambda one: _is_discovery(one, shopper, candidates))
    reasons = Reasons(shopper, candidates.completing)
    picks = zip((one.offer.product for one in chosen), reasons.of([one.offer for one in chosen]), strict=True)
    return Selection(
        picks=tuple(
            Pick(product=product, reason=reason, praised=shop.catalogue.praised.get(product.product_id, ()))
            for product, reason in picks
        ),
        yielded=Counter(chain.from_iterable(one.yielded for one in chosen)),
    )


def _add_pinned(basket: Basket, shop: Shop) -> None:
    pinned = (shop.offers[one] for one in shop.run_rules.shop.pinned if one in shop.offers)
    for offer in pinned:
        if basket.is_full or len(basket.chosen) == shop.rules.max_pinned:
            return
        if basket.cost(offer, below=PINNED_BELOW) is not None:
            basket.add(offer)


def _fill(basket: Basket, shop: Shop, candidates: Candidates) -> None:
    """Add the best offers until the basket is full or nothing is left."""
    weights = dict(candidates.weights)
    for one in basket.chosen:
        _lower(weights, one.offer, shop)
    while not basket.is_full and (offer := _next(basket, shop, candidates, weights)) is not None:
        basket.add(offer)
        _lower(weights, offer, shop)


def _next(
    basket: Basket, shop: Shop, candidates: Candidates, weights: Mapping[Category, float]
) -> Offer | None:
    """Return the first offer, in order, among those that cost least."""
    best, cost = None, TOO_MUCH
    for leaf in sorted(weights, key=lambda leaf: (-weights[leaf], leaf)):
        offers = candidates.offers(leaf)
        if not offers or basket.closes_leaf(offers[0], below=cost):
            continue
        found, cost = _cheapest(basket, offers, below=cost)
        best = found or best
        if cost == UNBROKEN:
            return best
    if cost >= WIDEN_FROM:
        wider, _ = _cheapest(basket, _of_open_leaves(basket, shop, below=cost), below=cost)
        return wider or best
    return best


def _of_open_leaves(basket: Basket, shop: Shop, *, below: int) -> Iterator[Offer]:
    """Yield what the leaf categories have that may still be picked from, the most popular first.

    Most leaves are closed by then, so what is looked at does not grow with the catalogue.
    """
    leaves = shop.popular_in.values()
    opened = (placed for placed in leaves if not basket.closes_leaf(placed[0][1], below=below))
    return (offer for _, offer in merge(*opened))


def _cheapest(basket: Basket, offers: Iterable[Offer], *, below: int) -> tuple[Offer | None, int]:
    """Return the first offer of the least cost below a bound, and that cost, else None and the bound."""
    best, least = None, below
    for offer in offers:
        cost = basket.cost(offer, below=least)
        if cost is not None:
            best, least = offer, cost
            if cost == UNBROKEN:
                break
    return best, least


def _lower(weights: dict[Category, float], picked: Offer, shop: Shop) -> None:
    """Lower the weight of the leaf category of a pick, and of all that hold the same durable thing."""
    if picked.kind is None:
        alike = [picked.leaf] if picked.leaf in weights else []
    else:
        alike = [leaf for leaf in weights if shop.kind(leaf) == picked.kind]
    for leaf in alike:
        weights[leaf] *= AGAIN if picked.kind is None else ANOTHER_DURABLE


def _is_discovery(one: Chosen, shopper: Shopper, candidates: Candidates) -> bool:
    """Return whether a product is from a new part of the shop, and nothing owned leads to it."""
    return (
        bool(shopper.parts)
        and one.offer.part not in shopper.parts
        and one.offer.leaf not in candidates.completing
    )
