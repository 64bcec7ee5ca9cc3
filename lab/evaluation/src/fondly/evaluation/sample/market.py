"""Who bought what: each customer has an interest and a budget, which a model can learn from the data."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from fondly.evaluation.sample.catalogue import TIERS, Listing
from fondly.evaluation.sample.chance import rng_for
from fondly.evaluation.sample.vocabulary import Vocabulary

_BASKETS = (1, 2, 3, 4, 5)
_BASKET_WEIGHTS = (55, 28, 10, 5, 2)
_ELSEWHERE = 0.03  # the pull of a family outside a customer's interest
_OTHER_TIER = 0.08  # the pull of a product outside a customer's budget


@dataclass(frozen=True, slots=True)
class Market:
    """Buyers (customer numbers) by listing, in the order in which their reviews are numbered."""

    listings: Sequence[Listing]
    buyers: Sequence[Sequence[int]]


def draw_market(vocabulary: Vocabulary, listings: Sequence[Listing], *, seed: int, customers: int) -> Market:
    """Return a market, in four-byte integers, in which every customer buys and every listing is bought."""
    rng = rng_for("market", seed)
    tastes = _tastes(vocabulary, listings)
    buyers = [array("I") for _ in listings]
    for customer in range(customers):
        for index in _basket(rng, rng.choice(tastes)):
            buyers[index].append(customer)
    for unbought in (each for each in buyers if not each):
        unbought.append(rng.randrange(customers))
    return Market(listings, buyers)


def _tastes(vocabulary: Vocabulary, listings: Sequence[Listing]) -> list[list[float]]:
    """Return the cumulative pull of the listings for each pair of interest and budget."""
    return [
        list(accumulate(_pull(listing, interest, tier) for listing in listings))
        for interest in vocabulary.interests.values()
        for tier in TIERS
    ]


def _pull(listing: Listing, interest: Mapping[str, float], tier: str) -> float:
    drawn = interest.get(listing.family.key, _ELSEWHERE)
    return drawn * listing.popularity * (1 if listing.tier == tier else _OTHER_TIER)


def _basket(rng: Random, taste: Sequence[float]) -> list[int]:
    (wanted,) = rng.choices(_BASKETS, _BASKET_WEIGHTS)
    drawn = rng.choices(range(len(taste)), cum_weights=taste, k=3 * wanted)
    return list(dict.fromkeys(drawn))[:wanted]
