"""Whether ranking pays in a shop, by witnesses: customers of whose newest product Personalize is not told.

What they wanted next is known, so their picks are made with the ranking and without it, and compared.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from heapq import nsmallest
from math import comb
from typing import NamedTuple

from fondly.recommender.domain.history.history import History
from fondly.recommender.domain.history.preferences import preferences_of
from fondly.recommender.domain.personalize.rankings import RunRanking
from fondly.recommender.domain.picking.picks import pick
from fondly.recommender.domain.picking.shopper import Shopper
from fondly.recommender.domain.run_state import RecommenderState
from fondly.recommender.domain.shop.shop import Shop
from fondly.runtime.runs.run import Run
from fondly.runtime.training_minimums import DataSize

MOST_WITNESSES, ONE_IN = 400, 5
"""How many witnesses a run has at most, and one in how many ranked customers: their rankings know less."""
FEWEST_WITNESSES, FEWEST_PRODUCTS = 30, 100
"""Fewer witnesses tell nothing; among fewer products, the rules alone find the best."""
SURE = 0.2
"""Ranking is said to pay if the chance that its gain is none is at most this."""
OFF = "FONDLY_RECOMMENDER_RANKING=off saves $.15 for 1,000 customers"
WEIGHTS = (1.0, 0.5)
LONG_HISTORY, UNTOLD = 4, 0.5
"""If the median customer has so many products, ranking counts this much where nothing tells its worth."""


class Witness(History):
    """A customer, and the ids of their newest product, with those that its reviews are listed under."""

    held_out: tuple[str, ...]

    @property
    def told(self) -> History:
        """What Personalize is told of."""
        return self.without(self.held_out)


class Hit(NamedTuple):
    """Whether what somebody wanted next is among their picks: a variant of it, or something of its leaf."""

    family: bool
    leaf: bool


def weight_of(run: Run) -> float:
    """Return how much a run's rankings count."""
    weight = RecommenderState.of(run).ranking_weight
    return 1.0 if weight is None else weight


def chosen(
    histories: Iterable[History], decided: Mapping[str, RunRanking], *, run: Run, part: int, most: int
) -> list[Witness]:
    """Return a part's share of the run's witnesses, among those whom it has ranked; another run has others.

    Where most rankings are kept, there is none: the next run would have to ask about them again. Nor where
    half of the data would be too little to train on: what is held out is missing there.
    """
    parts, names = run.parts or part, {name for name, one in decided.items() if not one.product_ids}
    told = list(histories)
    found = [one for history in told if history.customer_id in names for one in _witness(history)]
    half = DataSize(
        interactions=parts * sum(len(one.customer.product_ids) for one in told) // 2,
        customers=parts * len(told),
        returning=parts * len(found) // 2,
    )
    if half.shortfall or 2 * len(names) < len(decided):
        return []
    share = most * part // parts - most * (part - 1) // parts
    most_here = min(share, len(names) // ONE_IN, len(found) // 2)
    return nsmallest(most_here, found, key=lambda one: _draw(run, one))


def hits_by_weight(
    shop: Shop, witnesses: Sequence[Witness], rankings: Mapping[str, Sequence[str]]
) -> dict[float, list[Hit]]:
    """Return the hits of witnesses, in the same order for each weight of the rankings."""
    shops = {weight: replace(shop, ranking_weight=weight) for weight in (0.0, *WEIGHTS)}
    return {
        weight: [hit for one in witnesses if (hit := hits(each, one, rankings[one.customer_id])) is not None]
        for weight, each in shops.items()
    }


def hits(shop: Shop, witness: Witness, ranked: Sequence[str]) -> Hit | None:
    """Return what a witness's picks hit; None if what was held out is not sold, or a variant of the rest."""
    catalogue, told = shop.catalogue, witness.told
    customer = told.customer
    wanted = [catalogue.products[one] for one in witness.held_out if one in shop.offers]
    families = {catalogue.family(one.product_id) for one in wanted}
    if not wanted or families & set(map(catalogue.family, customer.product_ids)):
        return None
    preferences = preferences_of(customer, told.scores)
    picked = [one.product for one in pick(Shopper(shop, preferences, ranked, customer.customer_id)).picks]
    leaves = {one.category for one in wanted}
    return Hit(
        family=any(catalogue.family(one.product_id) in families for one in picked),
        leaf=any(one.category in leaves for one in picked),
    )


def verdict(found: Mapping[float, Sequence[Hit]]) -> tuple[float, str]:
    """Return how much rankings are to count, and why; `found` has the same witnesses' hits by weights.

    They count as it is best for these, where that is hardly chance, and otherwise by half.
    """
    without = found[0.0]
    best = max((0.0, *WEIGHTS), key=lambda weight: (sum(_total(found[weight])), -weight))
    if not best:
        return 0.0, f"does not pay here: {_told(found, max(WEIGHTS))}: {OFF}"
    gained = sum(one > other for one, other in zip(found[best], without, strict=True))
    lost = sum(one < other for one, other in zip(found[best], without, strict=True))
    chance = sum(comb(gained + lost, n) for n in range(gained, gained + lost + 1)) / 2 ** (gained + lost)
    told = f"{_told(found, best)}; p {chance:.2f}"
    return (best, f"pays here: {told}") if chance < SURE else (UNTOLD, f"may pay here: {told}")


def untold(products: int, *, has_long_histories: bool) -> tuple[float, str]:
    """Return how much rankings count, and why, where too few witnesses tell."""
    if products < FEWEST_PRODUCTS:
        return 0.0, f"counts for nothing among {products} products"
    return UNTOLD if has_long_histories else 0.0, "has too few witnesses to tell if it pays"


def _told(found: Mapping[float, Sequence[Hit]], weight: float) -> str:
    (family, leaf), (family_without, leaf_without) = _total(found[weight]), _total(found[0.0])
    return (
        f"{family} of {len(found[0.0])} next purchases hit with it ({leaf} by category),"
        f" {family_without} without ({leaf_without})"
    )


def _total(found: Sequence[Hit]) -> tuple[int, int]:
    return sum(one.family for one in found), sum(one.leaf for one in found)


def _witness(history: History) -> Iterator[Witness]:
    """Yield the customer with the newest product held out; nobody if nothing else would be left."""
    told = [(one.timestamp or 0, one.product_ids) for one in history.reviews]
    told += [(one.timestamp or 0, (one.product_id,)) for one in history.purchases]
    newest = max(told, default=(0, ()))[1]
    held_out = {each for _, listed in told if not {*newest}.isdisjoint(listed) for each in listed}
    if any(not held_out.issuperset(listed) for _, listed in told):
        yield Witness(**dict(history), held_out=tuple(sorted(held_out)))


def _draw(run: Run, one: History) -> bytes:
    return blake2b(f"{run.run_id}\n{one.customer_id}".encode(), digest_size=8).digest()
