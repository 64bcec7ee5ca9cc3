from collections.abc import Sequence

import numpy as np
import pytest
from shops import catalogue, chains, nothing_known, sequences

from understudy.engines.recommend.examples import HeldOut
from understudy.engines.recommend.links import HybridParams, Pairs
from understudy.engines.recommend.recommender import tuned

N_ITEMS = 300


def chosen(items: Sequence[Sequence[int]], params: HybridParams) -> HybridParams:
    """Return the parameters that predict the last of each sequence best."""
    held = HeldOut.of(sequences(items, N_ITEMS))
    pairs = Pairs.of(held.histories, params)
    return tuned(pairs, catalogue(nothing_known(N_ITEMS)), held, params)


def couples(n_users: int) -> list[list[int]]:
    """Return sequences with two items that belong together, in any order, and two others."""
    random = np.random.default_rng(0)
    walks = []
    for user in range(n_users):
        couple = 2 * int(random.integers(N_ITEMS // 2))
        first, second = (couple + int(side) for side in random.permutation(2))
        before, after = (int(item) for item in random.integers(0, N_ITEMS, 2))
        walks.append([before, first, second, after] if user % 2 else [before, after, first, second])
    return walks


def test_where_order_says_nothing_both_directions_count() -> None:
    """Items that are taken in any order recommend each other alike."""
    assert chosen(couples(700), HybridParams(back=0.1)).back == 1.0


def test_where_order_says_everything_backwards_counts_little() -> None:
    """Whoever has the next item wants the one after it, not the one before."""
    assert chosen(chains(700, N_ITEMS), HybridParams(back=1.0)).back <= 0.3


@pytest.mark.parametrize("items", [couples(499), chains(499, N_ITEMS)])
def test_too_few_held_out_items_leave_the_parameters(items: list[list[int]]) -> None:
    """What a few hundred users did may be chance."""
    params = HybridParams(back=0.5)

    assert chosen(items, params) == params
