"""Which uploads form a run."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from fondly.ingest.domain.formats.fields import Kind

SET_KINDS = (Kind.PRODUCTS, Kind.CUSTOMERS, Kind.REVIEWS, Kind.ORDERS)
"""The files of a set in reading order: reviews and orders refer to products and customers."""
READING_ORDER = (Kind.COMBINED, *SET_KINDS)
INTERACTIONS = (Kind.REVIEWS, Kind.ORDERS)
"""A set has at least one of these."""


class Upload(NamedTuple):
    """An object put into the bucket; `event` distinguishes uploads of the same bytes, `at` says when."""

    key: str
    etag: str
    event: str = ""
    at: datetime | None = None


def folder_of(key: str) -> str:
    """Return the key up to and including its last slash."""
    return key[: key.rfind("/") + 1]


def missing_kinds(found: Collection[Kind]) -> list[str]:
    """Return what a set without a manifest still lacks."""
    missing = [str(kind) for kind in (Kind.PRODUCTS, Kind.CUSTOMERS) if kind not in found]
    if not any(kind in found for kind in INTERACTIONS):
        missing.append(" or ".join(INTERACTIONS))
    return missing
