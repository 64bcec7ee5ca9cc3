"""Which names are nearly the same, without comparing every pair.

With the tokens of every name ordered rarest first, two names over the threshold share a token before the
point where the rest of either is too short to reach it. Names are grouped by that token; a group that is too
large to compare pair by pair is divided by the next shared token, found by the same bound.
Source: Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", WWW 2007.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from encore.recommender.domain.names import Vector, cosine, document_frequency, vector

MAX_GROUP = 32
"""A group of at most this many names is compared pair by pair; a larger one is divided."""
MAX_DIVISIONS = 2
"""How many shared tokens divide a group before its names count as nearly equal."""
ROUNDING = 1e-9


class _Name(NamedTuple):
    """A name's tokens, rarest first, and for each place the squared weight of the tokens from there on.

    Of its group it has the place after the last shared token, and the squared weight of those shared.
    """

    key: str
    tokens: Sequence[str]
    rests: Sequence[float]
    place: int = 0
    shared: float = 0.0


def alike(names: Mapping[str, Mapping[str, int]], *, threshold: float) -> Iterator[tuple[str, str, float]]:
    """Yield each pair of ids whose names have a cosine over `threshold` once, with that cosine.

    `names` are token counts. The number of comparisons grows with the number of names, not with its square.
    Pairs are missed only among more than `MAX_GROUP` names whose `MAX_DIVISIONS` rarest common tokens are the
    same: of these, each is compared with its neighbours in the order of their tokens.
    """
    vectors, frequency = {key: vector(own) for key, own in names.items()}, document_frequency(names)
    ordered = [_ordered(key, own, frequency) for key, own in vectors.items()]
    groups: dict[str, list[list[str]]] = {}
    for group in _groups(ordered, threshold**2 - ROUNDING):
        for key in group:
            groups.setdefault(key, []).append(group)
    for one, containing in groups.items():
        for other in set().union(*containing):
            if one < other and (similarity := cosine(vectors[one], vectors[other])) > threshold:
                yield one, other, similarity


def _ordered(key: str, own: Vector, frequency: Mapping[str, int]) -> _Name:
    """Order the tokens of a name; those of one name alone are left out, as nothing shares them."""
    shared = sorted((token for token in own if frequency[token] > 1), key=lambda one: (frequency[one], one))
    rests = list(accumulate((own[token] ** 2 for token in reversed(shared)), initial=0.0))
    return _Name(key, shared, rests[::-1])


def _groups(names: Sequence[_Name], bound: float, divisions: int = 0) -> Iterator[list[str]]:
    """Yield the ids of small groups, so that each pair over the threshold shares one or more.

    Names with only `shared` in common have at most its root as their cosine, and names whose next common
    token is at `place` have at most the root of `shared` and the rest from there.
    """
    if len(names) <= MAX_GROUP or divisions == MAX_DIVISIONS:
        yield from _cut(names)
        return
    divided: dict[str, list[_Name]] = {}
    for name in names:
        for place in range(name.place, len(name.tokens)):
            if name.shared + name.rests[place] <= bound:
                break
            shared = name.shared + name.rests[place] - name.rests[place + 1]
            after = name._replace(place=place + 1, shared=shared)
            divided.setdefault(name.tokens[place], []).append(after)
    yield from _cut([name for name in names if name.shared > bound])
    for part in divided.values():
        yield from _groups(part, bound, divisions + 1)


def _cut(names: Sequence[_Name]) -> Iterator[list[str]]:
    """Yield a small group as it is, and a larger one in the order of tokens, overlapping by half."""
    keys = [name.key for name in sorted(names, key=lambda name: (name.tokens, name.key))]
    for start in range(0, max(len(keys) - MAX_GROUP // 2, 1), MAX_GROUP // 2):
        if len(part := keys[start : start + MAX_GROUP]) > 1:
            yield part
