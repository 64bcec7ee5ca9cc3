"""The time, and how long a day is."""

from datetime import UTC, datetime

SECONDS_PER_DAY = 86_400


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)
