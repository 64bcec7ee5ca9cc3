"""A run's throttle: emails an hour, spread evenly, whichever tasks deliver its parts.

One number is kept: until when the emails that were granted would take at that rate. Source: the generic cell
rate algorithm (ITU-T I.371, the virtual scheduling algorithm).
"""

from typing import NamedTuple

SECONDS_PER_HOUR = 3_600
BURST_S = 120.0
"""How much unused time may be caught up with."""
PAUSE_S = 60.0
"""How long a part rests that was granted nothing: then there is something to grant again."""
PART_EMAILS = 25
"""As a rule a part has more."""


class Grant(NamedTuple):
    """How many emails may go out now."""

    emails: int
    taken_until: float
    """Until when the granted emails take, in Unix seconds."""
    next_at: float
    """When more emails are granted."""


def grant(per_hour: int, taken_until: float, *, wanted: int, now: float) -> Grant:
    """Return how many of the wanted emails may go out at a time in Unix seconds."""
    each_s = SECONDS_PER_HOUR / per_hour
    begins = max(now, taken_until)
    room = max(1.0, BURST_S // each_s) - (begins - now) / each_s
    emails = max(0, min(wanted, int(room + 1e-6)))
    taken = begins + emails * each_s
    return Grant(emails, taken, now + max(1.0, min(PAUSE_S, taken - now)))


def parts_at_once(per_hour: int) -> int:
    """Return how many parts are worth releasing together: the others would be granted nothing."""
    return 2 + int(per_hour * BURST_S / SECONDS_PER_HOUR / PART_EMAILS)
