"""The protocol with which the literature compares sequential recommenders."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from understudy.engines.recommend import Events, Histories, ItemContent, Profiles, Recommender

Protocol = Literal["strict", "refit"]

_MIN_LENGTH = 3
_SHORT, _DEPTH = 5, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOneOut:
    """Means over the users: recall and NDCG of one relevant item, and what they took to measure.

    `coverage_at_5` is the share of items in at least one list of five, `items` the size of the
    catalogue, and seconds are by the clock.
    """

    recall_at_5: float
    ndcg_at_5: float
    recall_at_10: float
    ndcg_at_10: float
    coverage_at_5: float
    users: int
    items: int
    fit_seconds: float
    score_seconds: float


def leave_one_out(
    sequences: Sequence[Sequence[int]],
    content: ItemContent | None = None,
    *,
    protocol: Protocol = "strict",
) -> LeaveOneOut:
    """Return how well the last item of each sequence is predicted from those before it.

    Sequences hold item codes from zero, oldest first, at least three each. Every item of the
    catalogue that the sequence does not hold yet is ranked. `strict` fits to all but the last two
    items of each sequence, `refit` to all but the last one; both choose parameters and validate on
    the last item but one or earlier. `content` describes every item of the catalogue by its code;
    without it the catalogue is what occurs in the sequences. Raises ValueError for a sequence that
    is too short and for a code outside the catalogue.
    """
    n_items = _catalogue_size(sequences, content)
    described = content or ItemContent(labels=[()] * n_items, texts=[""] * n_items)
    started = time.perf_counter()
    known = _histories(sequences, n_items)
    model = Recommender.fit(known, described, refit=protocol == "refit")
    ready = time.perf_counter()
    lists = _lists(model, known, sequences)
    done = time.perf_counter()
    last = np.array([sequence[-1] for sequence in sequences], dtype=np.int64)
    return _measured(lists, last, n_items, fit_seconds=ready - started, score_seconds=done - ready)


def _measured(
    lists: NDArray[np.int64],
    last: NDArray[np.int64],
    n_items: int,
    *,
    fit_seconds: float,
    score_seconds: float,
) -> LeaveOneOut:
    hit = lists == last[:, None]
    recall = hit.sum(axis=0) / last.size
    ndcg = recall / np.log2(np.arange(_DEPTH) + 2)
    short = lists[:, :_SHORT]
    return LeaveOneOut(
        recall_at_5=float(recall[:_SHORT].sum()),
        ndcg_at_5=float(ndcg[:_SHORT].sum()),
        recall_at_10=float(recall.sum()),
        ndcg_at_10=float(ndcg.sum()),
        coverage_at_5=float(np.unique(short[short >= 0]).size / n_items),
        users=last.size,
        items=n_items,
        fit_seconds=fit_seconds,
        score_seconds=score_seconds,
    )


def _catalogue_size(sequences: Sequence[Sequence[int]], content: ItemContent | None) -> int:
    shortest = min(map(len, sequences), default=0)
    if shortest < _MIN_LENGTH:
        raise ValueError(f"a sequence has {shortest} items, at least {_MIN_LENGTH} are needed")
    least = min(map(min, sequences))
    needed = max(map(max, sequences)) + 1
    size = needed if content is None else len(content.labels)
    if least < 0 or needed > size:
        raise ValueError(f"item codes are {least} to {needed - 1}, not within 0 to {size - 1}")
    return size


def _lists(model: Recommender, known: Histories, sequences: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Return users x depth: what is recommended to each user, -1 where a list is shorter."""

    def unseen(user: int) -> NDArray[np.bool_]:
        mask = np.ones(known.events.n_items, dtype=bool)
        mask[np.asarray(sequences[user][:-1])] = False
        return mask

    lists = np.full((len(sequences), _DEPTH), -1, dtype=np.int64)
    rankings = model.rank(Profiles.of(known), np.arange(len(sequences)), _DEPTH, unseen)
    for row, ranking in zip(lists, rankings, strict=True):
        row[: ranking.items.size] = ranking.items
    return lists


def _histories(sequences: Sequence[Sequence[int]], n_items: int) -> Histories:
    """Return the histories of all but the last item of each sequence."""
    lengths = np.array([len(sequence) - 1 for sequence in sequences])
    shown = (sequence[:-1] for sequence in sequences)
    items = np.fromiter(chain.from_iterable(shown), dtype=np.int32, count=int(lengths.sum()))
    return Histories.of(
        Events(
            user=np.repeat(np.arange(len(sequences), dtype=np.int32), lengths),
            item=items,
            time=np.arange(items.size, dtype=np.int64),
            weight=np.ones(items.size, dtype=np.float32),
            n_users=len(sequences),
            n_items=n_items,
        )
    )
