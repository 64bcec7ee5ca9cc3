"""What Amazon Personalize takes at most, and its refusal of too little.

Source: Amazon Personalize developer guide, "Endpoints and quotas" and "Importing bulk data".
"""

import re

from encore.recommender.domain.prepared import Prepared

MAX_IMPORT_BYTES = 100 * 10**9
"""One dataset."""
MAX_ITEMS = 5_000_000
"""Products that `aws-user-personalization-v2` takes."""
MAX_INTERACTIONS = 3_000_000_000
"""Interactions that it takes."""
_LOWER_BOUND = re.compile(r"\b(fewer|less) than\b|\bat least\b|\bminimum\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(interactions?|users?|rows?|records?|events?)\b", re.IGNORECASE)


def exceeded(prepared: Prepared, *, items: int, items_bytes: int) -> str | None:
    """Return why Personalize would refuse or cut down what a run has, or None if it is within all limits."""
    amounts = (
        ("products", items, MAX_ITEMS),
        ("interactions", prepared.interactions, MAX_INTERACTIONS),
        ("bytes of items", items_bytes, MAX_IMPORT_BYTES),
        ("bytes of interactions", prepared.interactions_bytes, MAX_IMPORT_BYTES),
        ("bytes of users", prepared.users_bytes, MAX_IMPORT_BYTES),
    )
    found = [
        f"{amount:,} {what}, Personalize takes {limit:,}" for what, amount, limit in amounts if amount > limit
    ]
    return "; ".join(found) or None


def says_too_little_data(reason: str) -> bool:
    """Return whether Personalize's failure reason is too little data to learn from.

    The texts are not fully documented, so they are recognised by a lower bound and what is counted.
    """
    return bool(_LOWER_BOUND.search(reason) and _COUNTED.search(reason))
