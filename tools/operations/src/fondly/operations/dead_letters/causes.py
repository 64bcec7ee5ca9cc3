"""Why a message was given up, in plain words, and what the runbook says to do about it."""

import re
import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, TypeAdapter


class Cause(BaseModel):
    """A cause of dead letters: a regular expression that finds it in the reason, and what people are told."""

    pattern: str
    words: str
    remedy: str


@cache
def causes() -> list[Cause]:
    """Return all causes in the order in which they are tried; the last is that of any reason."""
    table = files(__package__).joinpath("causes.toml").read_text("utf-8")
    return TypeAdapter(list[Cause]).validate_python(tomllib.loads(table)["cause"])


def cause_of(reason: str) -> Cause:
    """Return the cause that a dead letter's reason tells of."""
    return next(each for each in causes() if re.search(each.pattern, reason))
