"""Formats numbers and names for people, the same in the terminal, the console and the gallery."""

import re
from datetime import datetime

from fondly.contracts.clock import utc_now

UNKNOWN = "\N{EN DASH}"
_SECONDS_PER_MINUTE, _SECONDS_PER_HOUR, _SECONDS_PER_DAY = 60, 3_600, 86_400
_CENT_USD = 0.01


def count(value: float) -> str:
    """Return a whole number with separators: `9,050`."""
    return f"{value:,.0f}"


def share(value: float) -> str:
    """Return a fraction in per cent: `71.4%`."""
    return f"{value:.1%}"


def seconds(value: float) -> str:
    """Return a duration: `0.4 s`, `41.3 s`, from one minute on `2 min 05 s`."""
    if round(value, 1) < _SECONDS_PER_MINUTE:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), _SECONDS_PER_MINUTE)
    return f"{minutes} min {rest:02} s"


def usd(value: float) -> str:
    """Return an amount in US dollars: `$12.34`; below a cent with four decimals: `$0.0042`."""
    small = 0 < value < _CENT_USD
    return f"${value:,.4f}" if small else f"${value:,.2f}"


def printable(text: str) -> str:
    """Return a text of somebody's file on one line, without characters that steer a terminal."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def age(seconds: float | None) -> str:
    """Format an age in its two largest units: `12 s`, `5 min`, `3 h 20 min`, `4 d 2 h`."""
    if seconds is None:
        return UNKNOWN
    whole = max(0, round(seconds))
    if whole < _SECONDS_PER_MINUTE:
        return f"{whole} s"
    if whole < _SECONDS_PER_HOUR:
        return f"{whole // _SECONDS_PER_MINUTE} min"
    if whole < _SECONDS_PER_DAY:
        return _pair(whole // _SECONDS_PER_HOUR, "h", whole % _SECONDS_PER_HOUR // _SECONDS_PER_MINUTE, "min")
    return _pair(whole // _SECONDS_PER_DAY, "d", whole % _SECONDS_PER_DAY // _SECONDS_PER_HOUR, "h")


def hours(number: float) -> str:
    """A time in hours, or minutes if it is short."""
    return f"{number:,.1f} h" if number >= 1 else f"{max(1, round(number * 60))} min"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 customer`, `1,500 customers`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def caller(by: str) -> str:
    """Who decided; of an ARN its last word, which names the user or the session of a role."""
    return re.split("[:/]", by)[-1] if by.startswith("arn:") else by


def since(moment: datetime) -> float:
    """Seconds from a moment to now."""
    return (utc_now() - moment).total_seconds()


def _pair(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit} {small} {small_unit}" if small else f"{large} {large_unit}"
