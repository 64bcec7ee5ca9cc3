"""Our engine under the protocol: the one module that knows its interface."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from encore.evaluation.sequences.protocol import Protocol
from encore.evaluation.sequences.reading import Sequences
from understudy.engines.recommend import (
    Events,
    Histories,
    HybridModel,
    HybridParams,
    ItemContent,
    Profiles,
    content_similarity,
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Users x items, best first, and the wall-clock seconds that fitting and ranking took."""

    lists: NDArray[np.intp]
    fit_seconds: float
    score_seconds: float


def rank(sequences: Sequences, labels: Sequence[Sequence[str]], protocol: Protocol, *, limit: int) -> Ranked:
    """Fit the engine on what the protocol allows, and rank all unseen items for every user."""
    started = time.perf_counter()
    params, n_items = HybridParams(), len(sequences.items)
    described = ItemContent(labels=labels, texts=[""] * n_items)
    content = content_similarity(described, neighbours=params.content_neighbours)
    fitted_to = _histories(sequences.users, n_items, held_back=2 if protocol is Protocol.STRICT else 1)
    model = HybridModel.fit(fitted_to, content, params)
    fitted = time.perf_counter()
    profiles = Profiles.of(_histories(sequences.users, n_items, held_back=1), params)
    rankings = model.rank(profiles, np.arange(len(sequences.users)), limit, _unseen(sequences))
    lists = np.array([ranking.items for ranking in rankings], dtype=np.intp)
    return Ranked(lists, fitted - started, time.perf_counter() - fitted)


def _unseen(sequences: Sequences) -> Callable[[int], NDArray[np.bool_]]:
    def mask(user: int) -> NDArray[np.bool_]:
        allowed = np.ones(len(sequences.items), dtype=bool)
        allowed[np.asarray(sequences.users[user][:-1])] = False
        return allowed

    return mask


def _histories(users: Sequence[Sequence[int]], n_items: int, *, held_back: int) -> Histories:
    items = np.array([item for user in users for item in user[:-held_back]], dtype=np.int32)
    lengths = [len(user) - held_back for user in users]
    return Histories.of(
        Events(
            user=np.repeat(np.arange(len(users), dtype=np.int32), lengths),
            item=items,
            time=np.arange(items.size, dtype=np.int64),
            weight=np.ones(items.size, dtype=np.float32),
            n_users=len(users),
            n_items=n_items,
        )
    )
