"""Divides a run into parts: customers in order, never split, until a part holds enough records."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

MAX_PARTS = 1_000
"""Of a run: the ledger's item lists the parts that each stage has done, and Personalize reads as many files.

Source: "Batch recommendations", Amazon Personalize Developer Guide: at most 1,000 input files a job.
"""
CHARS_PER_RECORD = 4_096
"""A review counts as another record for each so many characters: a part's size bounds its bytes too."""


def records_of(*texts: str | None) -> int:
    """Return as how many records a review with these texts counts."""
    return 1 + sum(len(text or "") for text in texts) // CHARS_PER_RECORD


def part_records(total: int, *, smallest: int) -> int:
    """Return how many records make a part, so that a run of `total` has at most `MAX_PARTS` parts."""
    return max(smallest, -(-total // MAX_PARTS))


class Span(NamedTuple):
    """Positions `first` to `last`, both included; empty if `last` is less than `first`."""

    first: int
    last: int


class Part(NamedTuple):
    """The positions of one part's customers, and of the texts of unknown reviewers stored with them."""

    customers: Span
    shared_texts: Span


def divide(customers: Iterable[tuple[int, int]], *, records: int, shared_texts: int) -> list[Part]:
    """Divide a run into parts of so many records (see `spans`), at least one, with equal shares of texts."""
    own = list(spans(customers, records=records)) or [Span(1, 0)]
    return [
        Part(span, Span(shared_texts * before // len(own) + 1, shared_texts * (before + 1) // len(own)))
        for before, span in enumerate(own)
    ]


def spans(customers: Iterable[tuple[int, int]], *, records: int) -> Iterator[Span]:
    """Divide (position, records) pairs into spans of so many records; no records count as one."""
    first: int | None = None
    held = last = 0
    for position, count in customers:
        first = position if first is None else first
        held, last = held + max(1, count), position
        if held >= records:
            yield Span(first, last)
            first, held = None, 0
    if first is not None:
        yield Span(first, last)
