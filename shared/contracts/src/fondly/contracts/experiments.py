"""Who is in which arm of a comparison: drawn by chance, and the same wherever and whenever it is asked.

Nothing is stored: a digest of customer and salt decides. The draws of different salts are independent of one
another, and so are a share and an arm of the same salt: a holdout does not skew what is compared beside it.
"""

from collections.abc import Sequence
from hashlib import sha256

from fondly.contracts.records import Fraction, Record

NUMBERS = 2**64


class Holdout(Record):
    """Which share of a run's customers gets no email, so that it can be told what emails bring."""

    share: Fraction = 0.0
    salt: str = "fondly"
    """Another one draws others."""

    def has(self, customer_id: str) -> bool:
        """Whether a customer is held out."""
        return in_share(customer_id, f"holdout:{self.salt}", self.share)


def in_share(name: str, salt: str, share: float) -> bool:
    """Whether somebody is in a share, 0 to 1, of everybody; who is in a share is in every larger one, too."""
    return _number("share", name, salt) < share * NUMBERS


def arm(name: str, salt: str, arms: Sequence[str]) -> str:
    """Return the one of the arms, all equally likely, that somebody is in; `ValueError` if there are none."""
    if not arms:
        raise ValueError("found no arms, expected at least one")
    return arms[_number("arm", name, salt) * len(arms) // NUMBERS]


def _number(use: str, name: str, salt: str) -> int:
    """Return a number below `NUMBERS`, all equally likely; the salt's length tells it from the name."""
    text = f"fondly:{use}:{len(salt)}:{salt}:{name}"
    return int.from_bytes(sha256(text.encode("utf-8", "replace")).digest()[:8])
