"""Random draws and identifiers that are the same every time."""

import sys
from random import Random

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_BITS = 5  # a letter of the alphabet
_MULTIPLIER = 0x9E3779B97F4A7C15F39CC0605CEDC835  # odd, hence a permutation modulo a power of two
_STEP = 0xD1B54A32D192ED03


def rng_for(*key: object) -> Random:
    """Return the generator for `key`: equal keys give equal draws, in every process."""
    return Random(" ".join(map(str, key)))  # noqa: S311 - made-up data, nothing secret


def likely(rng: Random, probability: float) -> bool:
    """Return True with the given probability."""
    return rng.random() < probability


def every(step: int, *, first: int) -> range:
    """Return `first`, `first + step`, ... without end: quirks go by number, so that small files have all."""
    return range(first, sys.maxsize, step)


def product_code(number: int, *, seed: int) -> str:
    """Return the ten characters that identify product `number`."""
    return "B0" + _scramble(number, seed=seed, length=8)


def customer_code(number: int, *, seed: int) -> str:
    """Return the 28 characters that identify customer `number`."""
    return "A" + _scramble(number, seed=seed, length=27)


def review_code(number: int, *, seed: int) -> str:
    """Return the 14 characters that identify review `number`."""
    return "R" + _scramble(number, seed=seed, length=13)


def _scramble(number: int, *, seed: int, length: int) -> str:
    """Identifiers look random, yet never collide and need no record of earlier ones."""
    value = (number * _MULTIPLIER + (seed + 1) * _STEP) % (1 << _BITS * length)
    return "".join(_ALPHABET[value >> _BITS * digit & 31] for digit in reversed(range(length)))
