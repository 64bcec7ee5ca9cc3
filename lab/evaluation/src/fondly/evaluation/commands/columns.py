"""Columns of figures that are known only within bounds."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from fondly.cli.tables.declaration import Column, Columns

Row = TypeVar("Row")
INTERVAL = "95 % interval"


class Bounded(Protocol):
    """A figure's interval."""

    @property
    def low(self) -> float | None:
        """The lower bound."""

    @property
    def high(self) -> float | None:
        """The upper bound."""


def bounds(found: Bounded) -> str:
    """Return an interval: `0.914 to 0.972`."""
    return f"{found.low:.3f} to {found.high:.3f}"


def figure(
    title: str, value: Callable[[Row], tuple[float, Bounded] | None], style: str | Callable[[Row], str] = ""
) -> Columns[Row]:
    """Return the columns of a figure and its interval; a dash in both for None."""
    return (
        Column(title, lambda row: f"{found[0]:.3f}" if (found := value(row)) else None, style, right=True),
        Column(INTERVAL, lambda row: bounds(found[1]) if (found := value(row)) else None, right=True),
    )
