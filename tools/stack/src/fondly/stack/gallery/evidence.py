"""What a pick's reason rests on, as one line for a person."""

from collections.abc import Iterator
from functools import lru_cache
from textwrap import shorten

from fondly.contracts.records import Reason
from fondly.operations.formatting import count

MAX_NAME_CHARS = 60
CACHED_NAMES = 8_192


def evidence(reason: Reason) -> str:
    """Return all evidence that a reason has: `Desk Lamp (P9), 12 customers`; empty if it has none."""
    return ", ".join(_evidence(reason))


def _evidence(reason: Reason) -> Iterator[str]:
    if named := " ".join(_product(reason)):
        yield named
    if reason.review_id:
        yield f"review {reason.review_id}"
    if reason.customers:
        yield f"{count(reason.customers)} {'customer' if reason.customers == 1 else 'customers'}"
    if reason.category:
        yield reason.category[-1]
    if reason.rank:
        yield f"number {count(reason.rank)}" + (f" of {count(reason.out_of)}" if reason.out_of else "")


def _product(reason: Reason) -> Iterator[str]:
    if reason.product_name:
        yield _short(reason.product_name)
    if reason.product_id:
        yield f"({reason.product_id})"


@lru_cache(maxsize=CACHED_NAMES)
def _short(name: str) -> str:
    return shorten(name, MAX_NAME_CHARS, placeholder="…")
