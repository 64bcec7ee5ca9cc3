"""Chance that always falls the same way."""

import sys
from random import Random


def rng_for(*key: object) -> Random:
    """Return the generator that belongs to `key`: equal keys, equal draws, in every process."""
    return Random(" ".join(map(str, key)))  # noqa: S311 - made-up data, nothing secret


def likely(rng: Random, probability: float) -> bool:
    """Return True with the given probability."""
    return rng.random() < probability


def every(step: int, *, first: int) -> range:
    """Return the numbers `first`, `first + step`, ... without end, to ask whether one is in it.

    Oddities are dealt by number rather than by lot, so that even a small file has each of them.
    """
    return range(first, sys.maxsize, step)
