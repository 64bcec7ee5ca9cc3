"""Recommenders of one set of sequences, each trained and asked for every user's next item.

`ours` is the engine of understudy, which stands in for Personalize; ALS and BPR are the library implicit's,
BPR with the loss that LightFM's class learns by. Users have a taste each, and popular items most. Their last
item is held out: its place in their list says how good a list is.
"""

from typing import TYPE_CHECKING

import numpy as np
from implicit.bpr import BayesianPersonalizedRanking
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from fondly.evaluation.metrics import ndcg_at, recall_at
from fondly.evaluation.sequences.baselines import als
from fondly.evaluation.sequences.leave_one_out import leave_one_out
from fondly.evaluation.sequences.protocol import Protocol, Task, places
from harness.contender import Found, Work, timed

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTH, LENGTH, USERS_PER_ITEM, TASTES = 10, 8, 5, 20
Users = list[list[int]]
Quality = dict[str, float]


def prepare(kind: str, interactions: str) -> Work:
    """Return a round of so many interactions."""
    users = _users(int(interactions) // LENGTH)
    recommend: Callable[[Users], Quality] = {"ours": _ours, "ALS": _als, "BPR": _bpr}[kind]

    def work() -> Found:
        found: Found = {"units": len(users) * LENGTH}
        with timed(found), threadpool_limits(1):
            quality = recommend(users)
        return found | {"quality": quality}

    return work


def _users(count: int) -> Users:
    chance, items = np.random.default_rng(0), max(TASTES * LENGTH, count // USERS_PER_ITEM)
    own = items // TASTES
    popular = 1 / np.arange(1, own + 1)
    return [
        [
            int(at) * TASTES + user % TASTES
            for at in chance.choice(own, LENGTH, replace=False, p=popular / popular.sum())
        ]
        for user in range(count)
    ]


def _ours(users: Users) -> Quality:
    found = leave_one_out(users)
    return {"recall@10": found.recall_at_10, "NDCG@10": found.ndcg_at_10}


def _als(users: Users) -> Quality:
    task = _task(users)
    return _quality(als(task)(DEPTH), task)


def _bpr(users: Users) -> Quality:
    task = _task(users)
    model = BayesianPersonalizedRanking(random_state=0, num_threads=1)
    model.fit(task.fitted, show_progress=False)
    lists, _ = model.recommend(np.arange(len(users)), task.history, N=DEPTH)
    return _quality(np.asarray(lists, dtype=np.intp), task)


def _task(users: Users) -> Task:
    return Task.of(users, 1 + max(map(max, users)), Protocol.STRICT)


def _quality(lists: NDArray[np.intp], task: Task) -> Quality:
    found = places(lists, task.target)
    return {"recall@10": recall_at(found, DEPTH), "NDCG@10": ndcg_at(found, DEPTH)}
