"""Chance that is the same for the same facts."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_Item = TypeVar("_Item")


def chance_of(*facts: object) -> random.Random:
    """Return chance that is the same for the same facts."""
    return random.Random(hashlib.blake2b(repr(facts).encode()).digest())  # noqa: S311 - variety, not secrecy


def shuffled(items: Sequence[_Item], *facts: object) -> list[_Item]:
    """Return the items in an order of chance."""
    return chance_of(*facts).sample(items, len(items))
