import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.recommender.domain.shop import names as module
from fondly.recommender.domain.shop.names import MOST_COMPARED, Vector, alike, cosine, tokens, vector

WORDS = ["red", "blue", "usb", "cable", "fast", "lamp", "1m"]
NAMES = st.lists(st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join), max_size=12)
THRESHOLD = 0.8


def alike_by_trying_all(names: dict[str, str]) -> set[frozenset[str]]:
    """The pairs over the threshold, found by comparing every pair."""
    vectors = {key: vector(tokens(name)) for key, name in names.items()}
    return {
        frozenset(pair)
        for pair in combinations(names, 2)
        if cosine(vectors[pair[0]], vectors[pair[1]]) > THRESHOLD
    }


def found(names: dict[str, str]) -> list[frozenset[str]]:
    """The pairs that the index finds."""
    counts = {key: tokens(name) for key, name in names.items()}
    return [frozenset((one, other)) for one, other, _ in alike(counts, threshold=THRESHOLD)]


@given(NAMES)
def test_it_finds_exactly_the_similar_names(names: list[str]) -> None:
    """It misses no pair over the threshold, adds none and repeats none."""
    named = {str(number): name for number, name in enumerate(names)}
    pairs = found(named)
    assert set(pairs) == alike_by_trying_all(named)
    assert len(pairs) == len(set(pairs))


def test_it_finds_every_pair_when_many_names_share_a_token() -> None:
    """The rarer tokens tell them apart without losing a pair."""
    chance = random.Random(1)  # noqa: S311 - test data
    kinds = [f"k{number}" for number in range(20)]
    names = {
        f"P{number:03}": " ".join(["plain", "cotton", "shirt", "for", "men", *chance.sample(kinds, 3)])
        for number in range(200)
    }
    expected = alike_by_trying_all(names)
    assert len(expected) > MOST_COMPARED
    assert set(found(names)) == expected


def test_comparisons_grow_with_the_names_and_not_with_their_square(monkeypatch: pytest.MonkeyPatch) -> None:
    """5,000 nearly equal names are compared with a bounded number of others each."""
    compared = 0

    def counted(one: Vector, other: Vector) -> float:
        nonlocal compared
        compared += 1
        return cosine(one, other)

    names = {
        f"P{number:05}": tokens(f"plain cotton shirt for every day number {number} {number % 7}")
        for number in range(5_000)
    }
    monkeypatch.setattr(module, "cosine", counted)
    pairs = sum(1 for _ in alike(names, threshold=THRESHOLD))
    assert pairs > len(names)
    assert compared < 200 * len(names)


@given(NAMES, st.randoms(use_true_random=False))
def test_the_order_of_names_does_not_matter(names: list[str], chance: random.Random) -> None:
    """The same names in another order give the same pairs."""
    named = {str(number): name for number, name in enumerate(names)}
    shuffled = dict(chance.sample(list(named.items()), len(named)))
    assert set(found(shuffled)) == set(found(named))
