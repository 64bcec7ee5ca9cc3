"""Rankings of customers, woven from what goes with their products.

Personalize is asked once for each product, whoever has it, and answers with a list. A customer's ranking is
the lists of their products, one into another: a place counts more the earlier it is, the more the customer
likes the product and the later they came by it, and adds up where several lists have one. It is reciprocal
rank fusion with weights.
Source: Cormack, Clarke, Buettcher, "Reciprocal Rank Fusion", SIGIR 2009.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from encore.contracts.records import Customer
from encore.recommender.domain.csv_files import is_fit_id
from encore.recommender.domain.engines import EVENT_WEIGHTS
from encore.recommender.domain.preferences import EventType, Preference, Scores, preferences_of

MAX_SEEDS = 20
"""The products of a customer that decide their ranking: of more, those that count most."""
FADING = 0.7
"""How much less each product counts than the one that came after it, where all have a time."""
FIRST_PLACES = 5
"""How little the first places of a list differ: the sixth counts half of the first."""


class Seed(NamedTuple):
    """A product that a customer has, and how much its list counts, at most 1."""

    product_id: str
    weight: float


class _Input(BaseModel):
    itemId: str  # noqa: N815 - Personalize's name


class _Output(BaseModel):
    recommendedItems: tuple[str, ...] = ()  # noqa: N815 - Personalize's name


class _Line(BaseModel):
    input: _Input
    output: _Output | None = None


class Answer(NamedTuple):
    """What a line of a batch job's output says of one product; best first."""

    product_id: str
    related: tuple[str, ...]

    @classmethod
    def read(cls, line: bytes) -> "Answer | None":
        """Read a line; None for one that is empty, malformed or an error."""
        try:
            found = _Line.model_validate_json(line)
        except ValidationError:
            return None
        return cls(found.input.itemId, found.output.recommendedItems) if found.output else None


def product_lines(product_ids: Iterable[str]) -> bytes:
    """Return a line of a batch job's input for every product."""
    return "".join(json.dumps({"itemId": one}) + "\n" for one in product_ids).encode()


def seeds_of(preferences: Iterable[Preference]) -> list[Seed]:
    """Return the products that decide a customer's ranking, first those that count most.

    The latest count most: what somebody bought last says more about what they buy next than what they liked
    best. Where some have no time, order means nothing.
    """
    fit = [one for one in preferences if is_fit_id(one.product_id)]
    times = sorted({one.timestamp for one in fit if one.timestamp is not None}, reverse=True)
    is_dated = all(one.timestamp is not None for one in fit)
    faded = {time: FADING**age for age, time in enumerate(times)} if is_dated else {}
    seeds = [Seed(one.product_id, _weight(one) * faded.get(one.timestamp or 0, 1.0)) for one in fit]
    return sorted(seeds, key=lambda seed: (-seed.weight, seed.product_id))[:MAX_SEEDS]


def _weight(preference: Preference) -> float:
    """Return how much a product's list counts: by the opinion, else by how the product was come by.

    Dislikes count the least, but they count: they still show what somebody shops for.
    """
    kind = preference.event_type
    if preference.value is None or kind is EventType.DISLIKED:
        return EVENT_WEIGHTS[kind]
    return (1 + preference.value) / 2


def woven(seeds: Sequence[Seed], lists: Mapping[str, Sequence[str]], known: Collection[str]) -> list[str]:
    """Return the products of the seeds' lists, best first, without those that are `known`.

    It is as long as the longest of the lists.
    """
    counts: dict[str, float] = {}
    longest = 0
    for seed in seeds:
        found = lists.get(seed.product_id, ())
        longest = max(longest, len(found))
        for place, product_id in enumerate(found):
            counts[product_id] = counts.get(product_id, 0.0) + seed.weight / (place + FIRST_PLACES)
    best = sorted(counts, key=lambda one: (-counts[one], one))
    return [one for one in best if one not in known][:longest]


def woven_rankings(
    customers: Iterable[Customer], scores: Scores, lists: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the id and the ranking of every customer about whose products something is known."""
    for customer in customers:
        preferences = preferences_of(customer, scores)
        known = {one.product_id for one in preferences}
        if found := woven(seeds_of(preferences), lists, known):
            yield customer.customer_id, tuple(found)


class ProductLists:
    """What goes with each of the `wanted` products, best first, read line by line in any order.

    A product whose line is missing, malformed or an error has none. Ids are kept once.
    """

    def __init__(self, wanted: Collection[str]) -> None:
        self._wanted = frozenset(wanted)
        self._ids: dict[str, str] = {}
        self.by_product: dict[str, tuple[str, ...]] = {}
        self.lines = 0
        """How many lines have been read, of whatever kind."""

    @property
    def are_missing(self) -> bool:
        """Whether something is wanted and there is no line at all."""
        return bool(self._wanted) and not self.lines

    def add(self, line: bytes) -> None:
        """Read one line of a batch job's output."""
        if not line.strip():
            return
        self.lines += 1
        try:
            found = _Line.model_validate_json(line)
        except ValidationError:
            return
        if found.output and found.input.itemId in self._wanted:
            items = found.output.recommendedItems
            self.by_product[found.input.itemId] = tuple(self._ids.setdefault(one, one) for one in items)
