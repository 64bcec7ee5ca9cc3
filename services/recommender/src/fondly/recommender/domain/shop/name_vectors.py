"""How similar product names are."""

import math
import re
import sys
from collections import Counter
from collections.abc import Mapping

Vector = Mapping[str, float]
"""Token weights of unit length."""

_TOKEN = re.compile(r"\w+")


def tokens(name: str) -> Counter[str]:
    """Count the words of a name, ignoring case.

    They are interned: a catalogue's names share most of their words, and each is kept once.
    """
    return Counter(map(sys.intern, _TOKEN.findall(name.casefold())))


def document_frequency(names: Mapping[str, Mapping[str, int]]) -> Counter[str]:
    """Count how many names contain each token."""
    return Counter(token for counts in names.values() for token in counts)


def vector(counts: Mapping[str, int], weights: Mapping[str, float] | None = None) -> Vector:
    """Return token counts, times `weights` if given, scaled to unit length."""
    weighted = {token: n * (weights[token] if weights else 1.0) for token, n in counts.items()}
    length = math.sqrt(sum(value * value for value in weighted.values()))
    return {token: value / length for token, value in weighted.items()} if length else {}


def rarity(frequency: Mapping[str, int], total: int) -> dict[str, float]:
    """Weigh each token by how few of `total` names contain it (inverse document frequency)."""
    return {token: math.log(1 + total / found) for token, found in frequency.items()}


def cosine(one: Vector, other: Vector) -> float:
    """Return the cosine of two unit vectors."""
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[token] for token, weight in one.items() if token in other)
