"""The order in which products are considered for a customer."""

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from encore.recommender.domain.catalogue import Catalogue, Category
from encore.recommender.domain.preferences import Preference

PER_CATEGORY = 10
"""How many of a category's popular products are considered before those of the category above it."""
SETBACK = 4
"""How many places a candidate moves back for each product already picked from its category."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that may be picked: `ranked` by Personalize, or popular, perhaps within `category`."""

    product_id: str
    ranked: bool = False
    category: Category = ()


def candidates(
    catalogue: Catalogue, preferences: Sequence[Preference], ranked: Iterable[str]
) -> Iterator[Candidate]:
    """Yield each product of the catalogue once: first as ranked for the customer, then by popularity.

    Popular products come first from the categories of products that the customer likes or is neutral about,
    the best liked and the narrowest category first; then from the whole catalogue.
    """
    seen: set[str] = set()
    for candidate in chain(
        (Candidate(product_id, ranked=True) for product_id in ranked),
        _popular_in_liked(catalogue, preferences),
        (Candidate(product_id) for product_id in catalogue.popular),
    ):
        if candidate.product_id not in seen and candidate.product_id in catalogue.products:
            seen.add(candidate.product_id)
            yield candidate


def varied(source: Iterable[Candidate], picked_alike: Callable[[str], int]) -> Iterator[Candidate]:
    """Yield the same candidates, moving back those whose category has already been picked from.

    `picked_alike` returns how many picks share a product's category. It is called again each time a candidate
    comes up, so a list with a single category keeps its order.
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


def _popular_in_liked(catalogue: Catalogue, preferences: Sequence[Preference]) -> Iterator[Candidate]:
    liked = sorted((p for p in preferences if p.is_favourable), key=lambda p: -(p.value or 0.0))
    paths = dict.fromkeys(
        catalogue.products[p.product_id].category for p in liked if p.product_id in catalogue.products
    )
    for cut in range(max(map(len, paths), default=0)):
        for category in dict.fromkeys(path[: len(path) - cut] for path in paths if len(path) > cut):
            for product_id in islice(catalogue.popular_in[category], PER_CATEGORY):
                yield Candidate(product_id, category=category)
