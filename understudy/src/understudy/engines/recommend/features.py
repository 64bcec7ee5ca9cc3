"""What is told to the re-ranker about a user and a candidate."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.hybrid import Scores
from understudy.engines.recommend.profiles import Profiles
from understudy.engines.recommend.sparse_rows import values_at
from understudy.engines.recommend.tables import Factors, Tables, directions

_SLOW_DECAY = 0.9
"""What remains of an interaction's weight with each newer one where all of a history counts."""
_DOT_ROWS = 1 << 11
"""Whose vectors stay in a processor's cache: a third of the time of all at once."""

Named = Iterator[tuple[str, NDArray[np.floating]]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of a user, as a row of a chunk, and an item, with its score, the user's best and its place."""

    row: NDArray[np.intp]
    item: NDArray[np.intp]
    score: NDArray[np.float32]
    best: NDArray[np.float32]
    place: NDArray[np.int32]

    def select(self, kept: NDArray[np.bool_]) -> Self:
        """Return the pairs of a mask."""
        return type(self)(*(getattr(self, field.name)[kept] for field in fields(self)))


def features(
    tables: Tables, profiles: Profiles, scores: Scores, candidates: Candidates
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Return the names of the features, and candidates x features.

    `profiles` and `scores` are those of the chunk's users.
    """
    named = [
        *_of_retrieval(scores, candidates),
        *_of_item_and_user(tables, profiles, candidates),
        *_of_latest(tables, profiles, candidates),
        *_of_history(tables, profiles, candidates),
    ]
    names, columns = zip(*named, strict=True)
    return names, np.stack([column.astype(np.float32) for column in columns], axis=1)


def _of_retrieval(scores: Scores, candidates: Candidates) -> Named:
    row, item = candidates.row, candidates.item
    yield "score", candidates.score
    yield "share_of_best", candidates.score / np.maximum(candidates.best, np.finfo(np.float32).tiny)
    yield "place", candidates.place.astype(np.float32)
    yield "linked", values_at(scores.linked, row, item)
    yield "alike", values_at(scores.alike, row, item)


def _of_item_and_user(tables: Tables, profiles: Profiles, candidates: Candidates) -> Named:
    row, item = candidates.row, candidates.item
    for name, column in zip(("popularity", "last", "age", "long"), tables.items.T, strict=True):
        yield name, column[item]
    popularity = tables.items[:, 0]
    yield "length", profiles.length[row].astype(np.float32)
    yield "popularity_of_latest", (profiles.latest() @ popularity)[row]
    everything = profiles.decayed(1.0)
    total = np.asarray(everything.sum(axis=1)).ravel()
    yield "popularity_of_history", ((everything @ popularity) / np.maximum(total, np.finfo(float).tiny))[row]


def _of_latest(tables: Tables, profiles: Profiles, candidates: Candidates) -> Named:
    latest = profiles.latest()
    yield "direct", _links(latest, tables.direct, candidates)
    yield "labels_latest", tables.labels.scores(latest, candidates.row, candidates.item)
    yield "linked_latest", _links(latest, tables.hybrid.links, candidates)
    yield "both_ways_latest", _links(latest, tables.both_ways, candidates)
    yield from _of_factors(tables.factors, latest, candidates, "_latest")


def _links(step: sparse.csr_matrix, table: sparse.csr_matrix, candidates: Candidates) -> NDArray[np.float32]:
    """Return (step @ table) at the candidates, by looking up each item of each user's step."""
    length = np.diff(step.indptr)[candidates.row]
    owner = np.repeat(np.arange(length.size), length)
    first = step.indptr[candidates.row] - np.r_[0, np.cumsum(length)[:-1]]
    place = np.arange(owner.size) + first[owner]
    near = table[step.indices]  # few rows: scipy looks through all that it is given before it looks up
    found = values_at(near, place, candidates.item[owner]) * step.data[place]
    return np.bincount(owner, found, length.size).astype(np.float32)


def _of_history(tables: Tables, profiles: Profiles, candidates: Candidates) -> Named:
    history = profiles.decayed(_SLOW_DECAY)
    yield "both_ways", values_at(history @ tables.both_ways, candidates.row, candidates.item)
    yield from _of_factors(tables.factors, history, candidates, "")


def _of_factors(factors: Factors, users: sparse.csr_matrix, candidates: Candidates, suffix: str) -> Named:
    yield f"followed{suffix}", _products(users @ factors.source, factors.target, candidates)
    yield f"near{suffix}", _products(directions(users @ factors.place), factors.place, candidates)


def _products(
    users: NDArray[np.float32], items: NDArray[np.float32], candidates: Candidates
) -> NDArray[np.float32]:
    """Return the product of each candidate's user and item vector, a slice at a time."""
    result = np.empty(candidates.row.size, dtype=np.float32)
    for start in range(0, result.size, _DOT_ROWS):
        part = slice(start, start + _DOT_ROWS)
        result[part] = np.einsum("ij,ij->i", users[candidates.row[part]], items[candidates.item[part]])
    return result
