"""How similar product names are."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping

Vector = Mapping[str, float]
"""Token weights of unit length."""

MAX_HOLDERS = 200
"""Bounds the work for catalogues with thousands of nearly equal names."""
_TOKEN = re.compile(r"\w+")


def tokens(name: str) -> Counter[str]:
    """Count the words of a name, ignoring case."""
    return Counter(_TOKEN.findall(name.casefold()))


def document_frequency(names: Mapping[str, Counter[str]]) -> Counter[str]:
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


def alike(names: Mapping[str, Counter[str]], *, threshold: float) -> Iterator[tuple[str, str, float]]:
    """Yield the pairs of ids whose names have a cosine over `threshold`, with that cosine.

    Finds all of them without comparing every pair: with tokens ordered rarest first, two names over the
    threshold must share a token before the point where the rest of either is shorter than the threshold.
    Some pairs are missed only where such a token occurs in more than `MAX_HOLDERS` names.
    Source: Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", WWW 2007.
    """
    frequency = document_frequency(names)
    vectors = {key: vector(counts) for key, counts in names.items()}
    holders: dict[str, list[str]] = {}
    for key, own in vectors.items():
        prefix = _prefix(own, frequency, threshold)
        for candidate in {holder for token in prefix for holder in holders.get(token, ())}:
            similarity = cosine(own, vectors[candidate])
            if similarity > threshold:
                yield candidate, key, similarity
        for token in prefix:
            known = holders.setdefault(token, [])
            if len(known) < MAX_HOLDERS:
                known.append(key)


def _prefix(own: Vector, frequency: Mapping[str, int], threshold: float) -> list[str]:
    """The rarest tokens, up to the point where the rest alone cannot reach the threshold."""
    ordered = sorted(own, key=lambda token: (frequency[token], token))
    rest = 1.0
    for place, token in enumerate(ordered):
        if rest < threshold * threshold:
            return ordered[:place]
        rest -= own[token] ** 2
    return ordered
