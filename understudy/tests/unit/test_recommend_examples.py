import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shops import N_USERS, catalogue, kinds, random_events

from understudy.engines.recommend import Histories, Profiles, examples
from understudy.engines.recommend.examples import Examples, HeldOut, unseen
from understudy.engines.recommend.links import HybridParams, Pairs
from understudy.engines.recommend.tables import Tables

DEPTH = 12
PARAMS = HybridParams()
seeds = st.integers(0, 2**32 - 1)


def held_out(seed: int) -> tuple[HeldOut, Tables]:
    """Return a shop's held-out items, and the tables of the rest."""
    held = HeldOut.of(Histories.of(random_events(seed)))
    pairs = Pairs.of(held.histories, PARAMS)
    return held, Tables.of(held.histories, pairs, catalogue(kinds()), PARAMS)


def offers(held: HeldOut, tables: Tables) -> list[list[int]]:
    """Return what each user is offered."""
    profiles = Profiles.of(held.histories).rows(np.arange(N_USERS))
    rankings = tables.hybrid.best(tables.hybrid.scores(profiles), DEPTH, unseen(profiles))
    return [ranking.items.tolist() for ranking in rankings]


def column(found: Examples, name: str) -> NDArray[np.float32]:
    """Return a feature of all candidates."""
    return found.rows[:, found.names.index(name)]


@settings(max_examples=6)
@given(seed=seeds)
def test_the_held_out_item_is_the_one_that_was_taken(seed: int) -> None:
    """Exactly it is marked, and users to whom it was not offered are left out."""
    held, tables = held_out(seed)
    pairs = [(offer, int(held.items[user])) for user, offer in enumerate(offers(held, tables))]
    hits = [(offer, item) for offer, item in pairs if item in offer]

    found = Examples.of(tables, held, held.users(N_USERS), DEPTH)

    assert found.sizes.tolist() == [len(offer) for offer, _ in hits]
    assert found.taken.sum() == len(hits)
    assert column(found, "place")[found.taken].tolist() == [offer.index(item) for offer, item in hits]


@settings(max_examples=6)
@given(seed=seeds, share=st.sampled_from([0.0, 0.3]))
def test_a_sample_keeps_all_that_was_taken(seed: int, share: float) -> None:
    """Of the rest a share stays, in order and with the same features."""
    held, tables = held_out(seed)
    users = held.users(N_USERS)
    everything = Examples.of(tables, held, users, DEPTH)

    some = Examples.of(tables, held, users, DEPTH, share=share)

    assert some.sizes.size == everything.sizes.size
    assert some.rows[some.taken].tolist() == everything.rows[everything.taken].tolist()
    assert (some.sizes.sum() - some.sizes.size) <= 0.6 * (everything.sizes.sum() - everything.sizes.size)
    known = set(map(bytes, everything.rows))
    assert all(bytes(row) in known for row in some.rows)


def test_examples_are_the_same_whatever_the_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many users are computed at once shows nowhere."""
    held, tables = held_out(0)
    together = Examples.of(tables, held, held.users(N_USERS), DEPTH)

    monkeypatch.setattr(examples, "_CHUNK_USERS", 3)
    apart = Examples.of(tables, held, held.users(N_USERS), DEPTH)

    assert apart.rows.tolist() == together.rows.tolist()
    assert apart.taken.tolist() == together.taken.tolist()
    assert apart.sizes.tolist() == together.sizes.tolist()


def test_without_users_there_are_no_examples() -> None:
    """Nobody to offer anything to is not an error."""
    held, tables = held_out(0)

    found = Examples.of(tables, held, np.array([], dtype=np.intp), DEPTH)

    assert found.sizes.size == found.taken.size == 0


@given(seed=seeds)
def test_places_are_those_of_a_sort(seed: int) -> None:
    """Equal scores keep the order of the offer, as in a ranking."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 9, 20)
    chosen = [int(random.integers(size)) for size in sizes]
    taken = np.concatenate([np.arange(size) == place for size, place in zip(sizes, chosen, strict=True)])
    scores = random.integers(0, 4, sizes.sum()).astype(float)
    found = Examples((), np.zeros((sizes.sum(), 0), np.float32), taken, sizes)

    expected = []
    for own, place in zip(np.split(scores, np.cumsum(sizes)[:-1]), chosen, strict=True):
        order = np.argsort(-own, kind="stable").tolist()
        expected.append(order.index(place))

    assert found.places(scores).tolist() == expected
