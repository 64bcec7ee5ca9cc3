"""Why a message was given up, in plain words, and what the runbook says to do about it."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Cause(NamedTuple):
    """What people are told of a dead letter."""

    words: str
    remedy: str


@cache
def causes() -> dict[str, Cause]:
    """Return all causes by the regular expressions that find them, in order; the last fits any reason."""
    table = tomllib.loads(files(__package__).joinpath("causes.toml").read_text("utf-8"))
    return {pattern: Cause(*told) for pattern, told in table.items()}


def cause_of(reason: str) -> Cause:
    """Return the cause that a dead letter's reason tells of."""
    return next(cause for pattern, cause in causes().items() if re.search(pattern, reason))
