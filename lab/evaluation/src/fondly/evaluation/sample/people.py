"""Customers' names: mostly ordinary, some written in ways that break a parser."""

from random import Random

from fondly.evaluation.sample.chance import every, likely, rng_for
from fondly.evaluation.sample.vocabulary import Names

_SURNAME_FIRST = every(97, first=11)
_AMBIGUOUS = every(97, first=23)
_DEVANAGARI = every(89, first=31)
_SHARED = every(31, first=5)


def customer_name(names: Names, number: int, *, seed: int) -> str:
    """Return the display name of customer `number`; it is not unique."""
    rng = rng_for("customer", seed, number)
    given, family = rng.choice(names.given), rng.choice(names.family)
    if number in _SURNAME_FIRST:
        return f"{family}, {given}"
    if number in _AMBIGUOUS:
        return f"{family},{given}"
    if number in _DEVANAGARI:
        return rng.choice(names.devanagari)
    if number in _SHARED:
        return rng.choice(names.shared)
    return _styled(rng, given, family)


def _styled(rng: Random, given: str, family: str) -> str:
    usual = f"{given} {family}"
    rare = (given, usual.lower(), usual.upper(), f"{given[0]}. {family}", f"{given} {family[0]}.")
    return rng.choice(rare) if likely(rng, 0.35) else usual
