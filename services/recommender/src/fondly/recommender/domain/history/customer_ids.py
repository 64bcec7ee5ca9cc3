"""Which texts can be a customer's id."""

import unicodedata

MAX_CHARS = 256
_UNFIT = frozenset({"Cc", "Cs"})
"""Control characters, and halves of what was no UTF-8."""


def id_problem(customer_id: str) -> str | None:
    """Return what keeps a text from being anybody's id, as the end of a sentence on it; None if nothing."""
    if not 1 <= len(customer_id) <= MAX_CHARS:
        return f"has {len(customer_id)} characters, expected 1 to {MAX_CHARS}"
    if customer_id.isspace():
        return "is blank"
    if any(unicodedata.category(one) in _UNFIT for one in customer_id):
        return "has a control character, or one that is not valid UTF-8"
    return None
