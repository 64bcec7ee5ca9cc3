"""How similar product names are, and which are nearly the same, without comparing every pair.

With the tokens of every name ordered rarest first, two names over the threshold share a token before the
point where the rest of either is too short to reach it. Names with such a token in common are compared.
Source: Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", WWW 2007.
"""

import math
import re
import sys
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping

Vector = Mapping[str, float]
"""Token weights of unit length."""

_TOKEN = re.compile(r"\w+")


def tokens(name: str) -> Counter[str]:
    """Count the words of a name, ignoring case; they are interned, as names share most of them."""
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


MOST_COMPARED = 32
"""With how many of those that share a token each is compared: those before it in the order of words."""
ROUNDING = 1e-9


def alike(names: Mapping[str, Mapping[str, int]], *, threshold: float) -> Iterator[tuple[str, str, float]]:
    """Yield each pair of ids over `threshold` once with its cosine, without comparing every pair."""
    vectors, frequency = {key: vector(own) for key, own in names.items()}, document_frequency(names)
    sharing: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=MOST_COMPARED))
    for one in sorted(names, key=lambda key: (sorted(names[key]), key)):
        near = set[str]()
        for token in _telling(vectors[one], frequency, threshold):
            near.update(sharing[token])
            sharing[token].append(one)
        for other in near:
            if (similarity := cosine(vectors[one], vectors[other])) > threshold:
                yield one, other, similarity


def _telling(own: Vector, frequency: Mapping[str, int], threshold: float) -> Iterator[str]:
    """Yield the rarest tokens of a name, as far as the others are enough for a pair over the threshold."""
    shared = sorted((token for token in own if frequency[token] > 1), key=lambda one: (frequency[one], one))
    left = sum(own[token] ** 2 for token in shared)
    for token in shared:
        if left <= threshold**2 - ROUNDING:
            return
        yield token
        left -= own[token] ** 2
