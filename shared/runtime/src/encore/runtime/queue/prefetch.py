"""How far ahead messages are taken.

A message that waits in one process, leased, could be worked on by another. So as many are taken ahead as will
have their turn within a moment, judging by how long handlers took lately: none while they take long.
"""

AHEAD_S = 0.5
WEIGHT = 0.2
"""Of the newest handler in the running mean."""


class Prefetch:
    """The running mean of handler seconds, and the number of messages worth taking ahead by it."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._mean_s: float | None = None

    def took(self, seconds: float) -> None:
        """Note how long a handler took."""
        mean = self._mean_s
        self._mean_s = seconds if mean is None else mean + WEIGHT * (seconds - mean)

    @property
    def ahead(self) -> int:
        """Messages to hold beside those being handled; at most as many again."""
        if self._mean_s is None:
            return 0
        turns = AHEAD_S / max(self._mean_s, 1e-6)
        return min(self._concurrency, int(turns * self._concurrency)) if turns >= 1 else 0
