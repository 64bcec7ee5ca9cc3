"""In which order products are considered for a customer."""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from encore.recommender.domain.catalogue import Catalogue, Category
from encore.recommender.domain.preferences import Opinion

PER_CATEGORY = 10
"""How many of a category's popular products are considered before the wider category's."""
SETBACK = 4
"""Places that a candidate loses for each product already picked from its category."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may be picked; not `ranked` when it comes from popularity, then maybe in `category`."""

    product_id: str
    ranked: bool = False
    category: Category = ()


def candidates(
    catalogue: Catalogue, opinions: Sequence[Opinion], ranked: Iterable[str]
) -> Iterator[Candidate]:
    """Yield each product of the catalogue once: first as ranked for the customer, then by popularity.

    Popular products come from the categories of what the customer is not against, best liked first and the
    narrowest category first; then from the whole catalogue.
    """
    seen: set[str] = set()
    for candidate in chain(
        (Candidate(product_id, ranked=True) for product_id in ranked),
        _popular_in_liked(catalogue, opinions),
        (Candidate(product_id) for product_id in catalogue.popular),
    ):
        if candidate.product_id not in seen and candidate.product_id in catalogue.products:
            seen.add(candidate.product_id)
            yield candidate


def varied(source: Iterable[Candidate], picked_alike: Callable[[str], int]) -> Iterator[Candidate]:
    """Yield the same candidates with those set back that resemble what has been picked so far.

    `picked_alike` tells how many picks are of a product's category; it is asked again whenever a candidate's
    turn has come, so a list of one category only keeps its order.
    """
    waiting: list[tuple[float, int, Candidate]] = []
    for place, candidate in chain(enumerate(source), [(math.inf, None)]):
        if candidate is not None:
            heapq.heappush(waiting, (place, int(place), candidate))
        while waiting and waiting[0][0] <= place:
            due, own_place, first = heapq.heappop(waiting)
            put_off = own_place + SETBACK * picked_alike(first.product_id)
            if put_off > due:
                heapq.heappush(waiting, (put_off, own_place, first))
            else:
                yield first


def _popular_in_liked(catalogue: Catalogue, opinions: Sequence[Opinion]) -> Iterator[Candidate]:
    liked = sorted((o for o in opinions if o.is_favourable), key=lambda o: -(o.value or 0.0))
    paths = dict.fromkeys(
        catalogue.products[o.product_id].category for o in liked if o.product_id in catalogue.products
    )
    for cut in range(max(map(len, paths), default=0)):
        for category in dict.fromkeys(path[: len(path) - cut] for path in paths if len(path) > cut):
            for product_id in islice(catalogue.popular_in[category], PER_CATEGORY):
                yield Candidate(product_id, category=category)
