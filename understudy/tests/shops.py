"""Small made-up shops for the tests of the recommender."""

from collections.abc import Sequence

import numpy as np

from understudy.engines.recommend import Events, Histories, ItemContent
from understudy.engines.recommend.links import HybridParams
from understudy.engines.recommend.tables import Catalogue

N_USERS, N_ITEMS, N_EVENTS = 40, 60, 320


def histories(rows: Sequence[tuple[int, int, int, float]], n_items: int = 0) -> Histories:
    """Return histories of (user, item, time, weight)."""
    user, item, time, weight = zip(*rows, strict=True)
    return Histories.of(
        Events(
            user=np.array(user, dtype=np.int32),
            item=np.array(item, dtype=np.int32),
            time=np.array(time, dtype=np.int64),
            weight=np.array(weight, dtype=np.float32),
            n_users=max(user) + 1,
            n_items=max(n_items, max(item) + 1),
        )
    )


def sequences(items: Sequence[Sequence[int]], n_items: int = 0) -> Histories:
    """Return histories of each user's items, oldest first, each liked."""
    return histories(
        [(user, item, time, 1.0) for user, each in enumerate(items) for time, item in enumerate(each)],
        n_items,
    )


def random_events(seed: int = 0) -> Events:
    """Return events at few times, so that many are tied; user 0 has none, user 1's weigh nothing."""
    random = np.random.default_rng(seed)
    user = random.integers(1, N_USERS, N_EVENTS).astype(np.int32)
    weight = random.choice([1.0, 0.5, 0.1], N_EVENTS).astype(np.float32)
    weight[user == 1] = 0
    return Events(
        user=user,
        item=(random.integers(0, N_ITEMS, N_EVENTS) ** 2 // N_ITEMS).astype(np.int32),
        time=random.integers(0, 5, N_EVENTS).astype(np.int64),
        weight=weight,
        n_users=N_USERS,
        n_items=N_ITEMS,
    )


def kinds(n_items: int = N_ITEMS) -> ItemContent:
    """Return the content of items of five kinds."""
    labels = [[f"kind{item % 5}", f"own{item}"] for item in range(n_items)]
    return ItemContent(labels=labels, texts=[""] * n_items)


def nothing_known(n_items: int) -> ItemContent:
    """Return the content of items of which nothing is known."""
    return ItemContent(labels=[()] * n_items, texts=[""] * n_items)


def catalogue(content: ItemContent, params: HybridParams | None = None) -> Catalogue:
    """Return what is known of items, compared."""
    return Catalogue.of(content, params or HybridParams())


def chains(n_users: int, n_items: int, *, length: int = 5, seed: int = 0) -> list[list[int]]:
    """Return sequences in which each item is followed by the next: order says everything."""
    starts = np.random.default_rng(seed).integers(0, n_items, n_users)
    return [[int(start + step) % n_items for step in range(length)] for start in starts]


N_KINDS, PER_KIND = 8, 12


def departments(n_users: int, *, seed: int = 0) -> list[list[int]]:
    """Return sequences of users who go from one kind of items to the next, and take any of its items.

    That is easier to see in the labels of items than in which items stand together.
    """
    random = np.random.default_rng(seed)
    return [
        [
            int((start + step) % N_KINDS * PER_KIND + random.integers(PER_KIND))
            for step in range(random.integers(3, 9))
        ]
        for start in random.integers(0, N_KINDS, n_users)
    ]


def department_labels() -> ItemContent:
    """Return the content of the items of `departments`: their kind."""
    n_items = N_KINDS * PER_KIND
    return ItemContent(labels=[[f"kind{item // PER_KIND}"] for item in range(n_items)], texts=[""] * n_items)
