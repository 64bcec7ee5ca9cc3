"""What goes wrong with a delivery on demand: the same for the same seed, whatever the order of deliveries."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256


class Fault(StrEnum):
    """What a mail server does instead of taking an email and saying so."""

    LATER = "later"
    """It refuses the recipient for now (451)."""
    REFUSED = "refused"
    """It refuses the recipient for good (550 5.1.1)."""
    DROP_BEFORE = "drop_before"
    """It drops the connection before the message: surely not delivered."""
    DROP_AFTER = "drop_after"
    """It drops the connection once it has the message, without keeping it."""
    ACCEPT_THEN_DIE = "accept_then_die"
    """It keeps the message and drops the connection without a reply."""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """Which share of the deliveries suffers which fault, and how long each takes."""

    seed: int = 0
    later: float = 0.0
    refused: float = 0.0
    drop_before: float = 0.0
    drop_after: float = 0.0
    accept_then_die: float = 0.0
    slow_s: float = 0.0
    """How long the server thinks about each message."""
    _tries: Counter[str] = field(default_factory=Counter, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise `ValueError` unless the shares are some, and together at most all."""
        shares = [share for _, share in self._shares()]
        if min(shares) < 0 or sum(shares) > 1:
            raise ValueError(f"found shares of faults that add up to {sum(shares):g}, expected 0 to 1")

    def next(self, recipient: str) -> Fault | None:
        """Return what happens to the next delivery to a recipient: another try draws anew."""
        self._tries[recipient] += 1
        drawn = _uniform(f"{self.seed}\n{recipient}\n{self._tries[recipient]}")
        for fault, share in self._shares():
            drawn -= share
            if drawn < 0:
                return fault
        return None

    def _shares(self) -> Iterator[tuple[Fault, float]]:
        for fault in Fault:
            yield fault, getattr(self, fault)


def _uniform(text: str) -> float:
    """A number from 0 up to 1 that depends on the text alone."""
    return int.from_bytes(sha256(text.encode()).digest()[:6]) / 2**48
