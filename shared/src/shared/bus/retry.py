"""How long a failed message waits."""

import random

BASE_S = 1.0
CAP_S = 300.0


def backoff_s(receive_count: int, *, base_s: float = BASE_S, cap_s: float = CAP_S) -> float:
    """Return a delay for the message's next try: capped exponential with full jitter, at least `base_s`.

    Source: Exponential Backoff And Jitter, AWS Architecture Blog ("full jitter").
    """
    ceiling = min(cap_s, base_s * 2.0 ** min(receive_count, 30))
    return random.uniform(base_s, max(base_s, ceiling))  # noqa: S311 - spreads load, guards nothing
