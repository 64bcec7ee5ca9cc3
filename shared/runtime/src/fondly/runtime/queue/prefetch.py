"""How many messages to receive before they can be handled.

A prefetched message is hidden from other processes that may be idle. So only as many are prefetched as can be
started within a moment, judging by how long recent handlers took: none while handlers are slow.
"""

PREFETCH_S = 0.5
WEIGHT = 0.2
"""Weight of the latest handler in the moving average."""


class Prefetch:
    """The number of messages worth prefetching, from a moving average of handler seconds."""

    def __init__(self, concurrency: int) -> None:
        self._concurrency = concurrency
        self._mean_s: float | None = None

    def handled(self, seconds: float) -> None:
        """Record how long a handler took."""
        mean = self._mean_s
        self._mean_s = seconds if mean is None else mean + WEIGHT * (seconds - mean)

    @property
    def limit(self) -> int:
        """Messages to hold in addition to those being handled: at most as many again."""
        if self._mean_s is None:
            return 0
        turns = PREFETCH_S / max(self._mean_s, 1e-6)
        return min(self._concurrency, int(turns * self._concurrency)) if turns >= 1 else 0
