"""Formats numbers for people, the same in the terminal and in the gallery."""

_SECONDS_PER_MINUTE = 60
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
