"""Random draws that are the same every time."""

import sys
from random import Random


def rng_for(*key: object) -> Random:
    """Return the generator for `key`: equal keys give equal draws, in every process."""
    return Random(" ".join(map(str, key)))  # noqa: S311 - made-up data, nothing secret


def likely(rng: Random, probability: float) -> bool:
    """Return True with the given probability."""
    return rng.random() < probability


def every(step: int, *, first: int) -> range:
    """Return the numbers `first`, `first + step`, ... without end, for tests of membership.

    Quirks are assigned by number, not at random, so that even a small file has each of them.
    """
    return range(first, sys.maxsize, step)
