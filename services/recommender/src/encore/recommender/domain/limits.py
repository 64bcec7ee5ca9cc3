"""Amazon Personalize's refusal of too little data."""

import re

_LOWER_BOUND = re.compile(r"\b(fewer|less) than\b|\bat least\b|\bminimum\b", re.IGNORECASE)
_COUNTED = re.compile(r"\b(interactions?|users?|rows?|records?|events?)\b", re.IGNORECASE)


def says_too_little_data(reason: str) -> bool:
    """Return whether Personalize's failure reason is too little data to learn from.

    The texts are not fully documented, so they are recognised by a lower bound and what is counted.
    """
    return bool(_LOWER_BOUND.search(reason) and _COUNTED.search(reason))
