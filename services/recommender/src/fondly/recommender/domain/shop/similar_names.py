"""Which names are nearly the same, without comparing every pair.

With the tokens of every name ordered rarest first, two names over the threshold share a token before the
point where the rest of either is too short to reach it. Names with such a token in common are compared.
Source: Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", WWW 2007.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping

from fondly.recommender.domain.shop.name_vectors import Vector, cosine, document_frequency, vector

MOST_COMPARED = 32
"""With how many of those that share a token each is compared: those before it in the order of words."""
ROUNDING = 1e-9


def alike(names: Mapping[str, Mapping[str, int]], *, threshold: float) -> Iterator[tuple[str, str, float]]:
    """Yield each pair of ids whose names have a cosine over `threshold` once, with that cosine.

    `names` are token counts. The number of comparisons grows with the number of names, not with its square.
    """
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
