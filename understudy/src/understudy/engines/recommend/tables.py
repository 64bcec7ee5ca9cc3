"""Everything that is counted in histories: what retrieves items, and what else tells about them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.content import ItemContent, LabelLinks, content_similarity, label_vectors
from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.hybrid import HybridModel
from understudy.engines.recommend.links import HybridParams, Pairs

_DIMENSIONS = 48
_ITERATIONS = 2
_SEED = 0

Vectors = NDArray[np.float32]
"""Items x dimensions."""


@dataclass(frozen=True, slots=True)
class Factors:
    """Two vectors an item: as one that a user has, and as one that comes with or after it.

    The product of two items' vectors approximates the positive pointwise mutual information of a table of
    pairs. Source: Levy, Goldberg, "Neural word embedding as implicit matrix factorization", NIPS 2014.
    """

    source: Vectors
    target: Vectors
    place: Vectors
    """`target` scaled to length 1: near each other are items that come after the same ones."""

    @classmethod
    def of(cls, pairs: sparse.csr_matrix) -> Self:
        """Factorise items x items; an item without pairs gets zeros, as do all of a small catalogue."""
        information = _positive_information(pairs)
        n_items = information.shape[0]
        if not information.nnz or n_items <= _DIMENSIONS:
            nothing = np.zeros((n_items, 1), dtype=np.float32)
            return cls(nothing, nothing, nothing)
        from sklearn.utils.extmath import randomized_svd

        left, values, right = randomized_svd(information, _DIMENSIONS, n_iter=_ITERATIONS, random_state=_SEED)
        root = np.sqrt(values)
        target = (right.T * root).astype(np.float32)
        return cls((left * root).astype(np.float32), target, directions(target))


def directions(vectors: Vectors) -> Vectors:
    """Return the vectors scaled to length 1; zeros stay."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0))


def _positive_information(pairs: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return log(p_ij / (p_i p_j)) where it is positive."""
    coo = pairs.tocoo()
    rows, columns = (np.asarray(pairs.sum(axis=axis)).ravel() for axis in (1, 0))
    expected = rows[coo.row] * columns[coo.col] / max(float(rows.sum()), np.finfo(float).tiny)
    information = np.log(coo.data / expected)
    kept = information > 0
    entries = (information[kept].astype(np.float32), (coo.row[kept], coo.col[kept]))
    return sparse.csr_matrix(entries, shape=pairs.shape)


_LONG = 20


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of the items themselves: their likeness, items x items, and labels, items x labels."""

    similar: sparse.csr_matrix
    labels: sparse.csr_matrix

    @classmethod
    def of(cls, content: ItemContent, params: HybridParams) -> Self:
        """Compare the items by their descriptions."""
        similar = content_similarity(content, neighbours=params.content_neighbours)
        return cls(similar, label_vectors(content.labels))


@dataclass(frozen=True, slots=True)
class Tables:
    """What was counted in some histories, for retrieval and for the features of re-ranking."""

    hybrid: HybridModel
    both_ways: sparse.csr_matrix
    direct: sparse.csr_matrix
    factors: Factors
    labels: LabelLinks
    items: NDArray[np.float32]
    """Items x four: log of the number of events, share of last events, mean age, mean length of history."""

    @classmethod
    def of(
        cls,
        histories: Histories,
        pairs: Pairs,
        catalogue: Catalogue,
        params: HybridParams,
        *,
        retrieves_only: bool = False,
    ) -> Self:
        """Count `histories`, of which `pairs` were counted before; most of it takes features to be of use."""
        told = pairs.of_items(np.zeros(0, np.intp)) if retrieves_only else pairs
        onwards = told.ordered + told.tied
        return cls(
            hybrid=HybridModel.of(pairs, catalogue.similar, histories.events, params),
            both_ways=told.both_ways(params),
            direct=pairs.direct,
            factors=Factors.of(onwards),
            labels=LabelLinks.of(catalogue.labels, onwards),
            items=_statistics(histories),
        )


def _statistics(histories: Histories) -> NDArray[np.float32]:
    events = histories.events

    def total(values: NDArray[np.integer | np.bool]) -> NDArray[np.float64]:
        return np.bincount(events.item, values, events.n_items).astype(np.float64)

    count = np.bincount(events.item, minlength=events.n_items)
    known = np.maximum(count, 1)
    columns = (
        np.log1p(count),
        total(histories.age == 0) / known,
        total(np.minimum(histories.age, _LONG)) / known,
        total(np.minimum(histories.length, _LONG)) / known,
    )
    return np.stack(columns, axis=1).astype(np.float32)
