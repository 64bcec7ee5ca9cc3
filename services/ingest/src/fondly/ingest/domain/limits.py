"""What a run may hold: what ingest can know is checked before anything is announced, let alone paid for."""

from collections.abc import Mapping

from fondly.contracts.counts import Counted
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.parts import MAX_PARTS

MAX_CUSTOMER_RECORDS = 10_000
"""Reviews and purchases of one customer, who is never divided: more are those of an account that many use."""
MAX_REVIEW_PRODUCTS = 400
"""Products that one review is about: with its words it stays within DynamoDB's 400 KB an item."""
MAX_PART_RECORDS = 50_000
"""The largest part: 200 MB of texts at most, and usually 20."""
LIMITS: Mapping[str, tuple[int, str]] = {
    Counted.PRODUCTS: (5_000_000, "Personalize learns from no more items"),
    Counted.CUSTOMERS: (50_000_000, "Personalize ranks for no more users in a batch"),
    Counted.INTERACTIONS: (3_000_000_000, "Personalize learns from no more"),
}
"""Sources: "Amazon Personalize endpoints and quotas", for User-Personalization-v2, and "Batch
recommendations" (records a job), Amazon Personalize Developer Guide."""
MAX_RUN_RECORDS = MAX_PARTS * MAX_PART_RECORDS


def require_bounded(counts: Mapping[str, int], *, records: int) -> None:
    """Raise `FileError` if a run is too large for a service downstream; `records` are as parts count."""
    for what, (most, why) in LIMITS.items():
        if counts.get(what, 0) > most:
            raise FileError(f"found {counts[what]:,} {what}, expected at most {most:,}: {why}")
    if records > MAX_RUN_RECORDS:
        raise FileError(
            f"found {records:,} reviews and purchases, expected at most {MAX_RUN_RECORDS:,}: "
            f"{MAX_PARTS:,} parts of {MAX_PART_RECORDS:,}, which is what a task can hold"
        )
