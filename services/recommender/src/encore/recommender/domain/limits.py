"""What Amazon Personalize takes at most, checked before anything is paid for.

Source: Amazon Personalize developer guide, "Endpoints and quotas" and "Importing bulk data".
"""

from collections.abc import Iterator

from encore.recommender.domain.prepared import Prepared

MAX_FILES = 1_000
"""Input files of a batch inference job."""
MAX_FILE_RECORDS = 50_000_000
"""Customers, or products, in one of them."""
MAX_IMPORT_BYTES = 100 * 10**9
"""One dataset, imported whole (`FULL`)."""
MAX_ITEMS = 5_000_000
"""Products that `aws-user-personalization-v2` takes."""
MAX_INTERACTIONS = 3_000_000_000
"""Interactions that it takes."""


def exceeded(prepared: Prepared) -> str | None:
    """Return why Personalize would refuse or cut down what a run has, or None if it is within all limits."""
    found = [
        f"{amount:,} {what}, Personalize takes {limit:,}"
        for what, amount, limit in _amounts(prepared)
        if amount > limit
    ]
    return "; ".join(found) or None


def _amounts(prepared: Prepared) -> Iterator[tuple[str, int, int]]:
    yield "products", prepared.items, MAX_ITEMS
    yield "interactions", prepared.size.interactions, MAX_INTERACTIONS
    for kind, size in prepared.dataset_bytes.items():
        yield f"bytes of {kind.lower()}", size, MAX_IMPORT_BYTES
    yield "batch files", prepared.files, MAX_FILES
    yield "lines in a batch file", prepared.largest_file, MAX_FILE_RECORDS
