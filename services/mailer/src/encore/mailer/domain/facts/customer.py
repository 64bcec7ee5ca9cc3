"""How an email may address a customer."""

import unicodedata

from encore.mailer.domain.text import clean, word_set

MAX_NAME_CHARS = 20
MIN_NAME_CHARS = 2
TITLES = word_set("mr mrs ms miss dr prof sir shri smt er ca adv md")
NOT_PERSONS = word_set("account amazon anonymous buyer client customer guest kindle placeholder user")
NAME_SIGNS = frozenset("'\u2019.-")


def first_name(name: str | None) -> str | None:
    """Return the name to greet a customer by, or None when `name` does not look like a person's.

    Accounts called "Amazon Customer" and names made of signs are greeted without a name.
    """
    words = clean(name or "", max_chars=80).split()
    if any(word.casefold().strip(".,") in NOT_PERSONS for word in words):
        return None
    found = next((word for word in words if word.casefold().rstrip(".") not in TITLES), "")
    if not MIN_NAME_CHARS <= len(found.rstrip(".")) <= MAX_NAME_CHARS or not _is_name(found):
        return None
    return found.capitalize() if found.islower() or found.isupper() else found


def _is_name(word: str) -> bool:
    """True for letters of any script, with the marks that some scripts use as vowel signs."""
    return word[:1].isalpha() and all(
        char.isalpha() or char in NAME_SIGNS or unicodedata.category(char).startswith("M") for char in word
    )
