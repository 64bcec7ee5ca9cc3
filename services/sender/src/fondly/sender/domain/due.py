"""When an email may go out: quiet hours by the customer's own clock, and waits between tries."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fondly.contracts.delivery import Dispatch

LONGEST_WAIT_S = 4 * 3_600
Quiet = tuple[time, time]
"""From when until when nothing goes out; the second may be of the next day."""


def quiet_until(now: datetime, quiet: Quiet | None, zone: ZoneInfo) -> datetime | None:
    """Return when the quiet hours end that a moment is in, or None if it is in none.

    They are read off the clock of `zone`: where it is put forward or back, they end when it shows their end.
    """
    if quiet is None:
        return None
    begins, ends = quiet
    local = now.astimezone(zone)
    clock = local.time()
    overnight = begins > ends
    is_quiet = (clock >= begins or clock < ends) if overnight else begins <= clock < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if overnight and clock >= begins else 0)
    return datetime.combine(day, ends, tzinfo=zone).astimezone(UTC)


@lru_cache(maxsize=1_024)
def zone_of(name: str | None, default: ZoneInfo) -> ZoneInfo:
    """Return a customer's time zone, or the default if it has none that is known."""
    if not name:
        return default
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return default


def tried_again_at(dispatch: Dispatch, *, retry_s: int) -> datetime:
    """Return when an email that was not accepted is tried again: each time after twice as long."""
    wait_s = min(LONGEST_WAIT_S, retry_s * 2 ** max(0, dispatch.tries - 1))
    return dispatch.at + timedelta(seconds=wait_s)
