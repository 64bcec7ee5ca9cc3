"""Tells levels of category paths that name a thing from those that say where a shop shows it."""

import tomllib
from importlib.resources import files

_TABLE = tomllib.loads(files(__package__).joinpath("shelves.toml").read_text("utf-8"))
_ROOTS, _SHELVES = (
    frozenset(" ".join(each.split()) for line in _TABLE[name].splitlines() for each in line.split("|"))
    for name in ("roots", "shelves")
)


def is_root(level: str) -> bool:
    """Return whether shop systems write this level above a shop's own, such as "Default Category"."""
    return " ".join(level.casefold().split()) in _ROOTS


def is_shelf(level: str) -> bool:
    """Return whether a level says nothing of what a product is: "Gifts", "Sale", "Sonstiges"."""
    return " ".join(level.casefold().split()) in _SHELVES or is_root(level)
