"""Divides a run into parts: customers in order, never split, until a part holds enough reviews."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """The customers of one part: positions `first` to `last`, both included."""

    first: int
    last: int


def spans(customers: Iterable[tuple[int, int]], *, reviews: int) -> Iterator[Span]:
    """Divide (position, number of reviews) pairs into spans that close once they hold `reviews` reviews.

    A customer without reviews counts as one: every customer is an email to write.
    """
    first: int | None = None
    held = last = 0
    for position, count in customers:
        first = position if first is None else first
        held, last = held + max(1, count), position
        if held >= reviews:
            yield Span(first, last)
            first, held = None, 0
    if first is not None:
        yield Span(first, last)
