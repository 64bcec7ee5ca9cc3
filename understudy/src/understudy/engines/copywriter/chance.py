"""Chance that is the same for the same facts."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_Item = TypeVar("_Item")


class Told:
    """Facts that many chances depend on: they are written down once."""

    def __init__(self, *facts: object) -> None:
        self._text = ", ".join(map(repr, facts))

    def __repr__(self) -> str:
        """Return what the facts have between the brackets of their tuple."""
        return self._text


def chance_of(*facts: object) -> random.Random:
    """Return chance that is the same for the same facts."""
    return random.Random(hashlib.blake2b(repr(facts).encode()).digest())  # noqa: S311 - variety, not secrecy


def shuffled(items: Sequence[_Item], *facts: object) -> list[_Item]:
    """Return the items in an order of chance."""
    return list(drawn(items, *facts))


def drawn(items: Sequence[_Item], *facts: object) -> Iterator[_Item]:
    """Yield the items in that order, each drawn when it is asked for, as most never are.

    It is the order of `Random.sample`, which draws all, and makes a call for each in twice the time.
    """
    pool, bits = list(items), chance_of(*facts).getrandbits if len(items) > 1 else lambda _: 0
    for count in range(len(pool), 0, -1):
        place = count
        while place >= count:
            place = bits(count.bit_length())
        yield pool[place]
        pool[place] = pool[count - 1]
