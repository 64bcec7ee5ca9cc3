"""Which names are nearly the same, without comparing every pair.

With the tokens of every name ordered rarest first, two names over the threshold share a token before the
point where the rest of either is too short to reach it. Names are grouped by that token; a group that is too
large to compare pair by pair is divided by the next shared token, found by the same bound.
Source: Bayardo, Ma, Srikant, "Scaling up all pairs similarity search", WWW 2007.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from encore.recommender.domain.names import Vector, cosine, document_frequency, vector

MAX_GROUP = 32
"""A group of at most this many names is compared pair by pair; a larger one is divided."""
MAX_DIVISIONS = 2
"""How many shared tokens divide a group before its names count as nearly equal."""
ROUNDING = 1e-9

Compare = Callable[[Vector, Vector], float]


class _Name(NamedTuple):
    """A name's tokens, rarest first, and for each place the squared weight of the tokens from there on."""

    key: str
    tokens: Sequence[str]
    rests: Sequence[float]


class _Member(NamedTuple):
    """A name in a group: the place after the last shared token, and the squared weight of those shared."""

    name: _Name
    place: int
    shared: float


Members = list[_Member]


def alike(
    names: Mapping[str, Mapping[str, int]], *, threshold: float, compare: Compare = cosine
) -> Iterator[tuple[str, str, float]]:
    """Yield each pair of ids whose names have a cosine over `threshold` once, with that cosine.

    `names` are token counts. The number of comparisons grows with the number of names, not with its square.
    Pairs are missed only among more than `MAX_GROUP` names whose `MAX_DIVISIONS` rarest common tokens are the
    same: of these, each is compared with its neighbours in the order of their tokens.
    """
    vectors = {key: vector(counts) for key, counts in names.items()}
    groups: dict[str, list[list[str]]] = {}
    for group in _groups(_ordered(vectors, document_frequency(names)), threshold**2 - ROUNDING):
        for key in group:
            groups.setdefault(key, []).append(group)
    for one, containing in groups.items():
        for other in set().union(*containing):
            if one < other and (similarity := compare(vectors[one], vectors[other])) > threshold:
                yield one, other, similarity


def _ordered(vectors: Mapping[str, Vector], frequency: Mapping[str, int]) -> Members:
    """Every name; tokens of one name alone are left out, as nothing shares them."""
    shared = {token for token, names in frequency.items() if names > 1}
    return [
        _Member(
            _name(key, own, sorted(own.keys() & shared, key=lambda token: (frequency[token], token))), 0, 0.0
        )
        for key, own in vectors.items()
    ]


def _name(key: str, own: Vector, ordered: Sequence[str]) -> _Name:
    rests = list(accumulate((own[token] ** 2 for token in reversed(ordered)), initial=0.0))
    return _Name(key, ordered, rests[::-1])


def _groups(members: Members, bound: float, divisions: int = 1) -> Iterator[list[str]]:
    """Yield the ids of small groups, so that each pair over the threshold shares one or more."""
    nearly_equal, divided = _divided(members, bound)
    yield from _cut(nearly_equal)
    for part in divided:
        if len(part) > MAX_GROUP and divisions < MAX_DIVISIONS:
            yield from _groups(part, bound, divisions + 1)
        else:
            yield from _cut(part)


def _divided(members: Members, bound: float) -> tuple[Members, Iterable[Members]]:
    """The members that need share nothing more, and all of them by the token that they may share next.

    Members with only `shared` in common have at most its root as their cosine, and members whose next common
    token is at `place` have at most the root of `shared` and the rest from there.
    """
    nearly_equal = [member for member in members if member.shared > bound]
    divided: dict[str, Members] = {}
    for name, start, shared in members:
        for place in range(start, len(name.tokens)):
            if shared + name.rests[place] <= bound:
                break
            after = _Member(name, place + 1, shared + name.rests[place] - name.rests[place + 1])
            divided.setdefault(name.tokens[place], []).append(after)
    return nearly_equal, divided.values()


def _cut(members: Members) -> Iterator[list[str]]:
    """Yield a small group as it is, and a larger one in the order of tokens, overlapping by half."""
    if len(members) > MAX_GROUP:
        members = sorted(members, key=lambda member: (member.name.tokens, member.name.key))
    keys = [member.name.key for member in members]
    for start in range(0, max(len(keys) - MAX_GROUP // 2, 1), MAX_GROUP // 2):
        if len(part := keys[start : start + MAX_GROUP]) > 1:
            yield part
