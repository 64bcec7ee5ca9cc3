"""Items as short vectors: what items have in common beyond the pairs that were seen."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

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
