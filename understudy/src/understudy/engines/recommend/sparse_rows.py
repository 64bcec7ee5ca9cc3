"""Row-wise operations on sparse matrices that scipy lacks."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

A = TypeVar("A")
R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_threads(function: Callable[[A], R], arguments: Iterable[A]) -> Iterator[R]:
    """Yield the results in order; at most one for each core is computed ahead, which bounds memory."""
    workers = cores()
    waiting = iter(arguments)
    with ThreadPoolExecutor(workers, thread_name_prefix="recommend") as pool:
        running: deque[Future[R]] = deque(pool.submit(function, each) for each in islice(waiting, workers))
        while running:
            result = running.popleft().result()
            running.extend(pool.submit(function, each) for each in islice(waiting, 1))
            yield result


def top_per_row(matrix: sparse.csr_matrix, limit: int) -> sparse.csr_matrix:
    """Return `matrix` with only the `limit` greatest entries of each row, in the order of their columns."""
    spans = matrix.indptr
    kept = np.ones(matrix.nnz, dtype=bool)
    for row in np.flatnonzero(np.diff(spans) > limit):
        span = slice(spans[row], spans[row + 1])
        kept[spans[row] + np.argpartition(-matrix.data[span], limit)[limit:]] = False
    top = _only(matrix, kept)
    top.sort_indices()
    return top


def only_rows(matrix: sparse.csr_matrix, rows: NDArray[np.bool_]) -> sparse.csr_matrix:
    """Return `matrix` with all but these rows empty."""
    return _only(matrix, np.repeat(rows, np.diff(matrix.indptr)))


def _only(matrix: sparse.csr_matrix, kept: NDArray[np.bool_]) -> sparse.csr_matrix:
    bounds = np.r_[0, np.cumsum(kept)][matrix.indptr]
    return sparse.csr_matrix((matrix.data[kept], matrix.indices[kept], bounds), shape=matrix.shape)


def without_diagonal(matrix: sparse.csr_matrix, *, first_row: int = 0) -> sparse.csr_matrix:
    """Return `matrix`, rows of a larger one from `first_row` on, without the larger one's diagonal."""
    coo = matrix.tocoo()
    off = coo.row + first_row != coo.col
    return sparse.csr_matrix((coo.data[off], (coo.row[off], coo.col[off])), shape=coo.shape)


def divided_by_row_maximum(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """Return `matrix` with each row divided by its greatest entry; empty rows stay empty."""
    starts, ends = matrix.indptr[:-1], matrix.indptr[1:]
    top, filled = np.zeros(matrix.shape[0], dtype=matrix.dtype), starts < ends
    if matrix.nnz:
        top[filled] = np.maximum.reduceat(matrix.data[: ends[-1]], starts[filled])
    return scaled(matrix, rows=np.divide(1.0, top, out=np.zeros_like(top), where=top > 0))


def scaled(
    matrix: sparse.csr_matrix,
    *,
    rows: NDArray[np.floating] | None = None,
    columns: NDArray[np.floating] | None = None,
) -> sparse.csr_matrix:
    """Return `matrix` with each entry multiplied by its row's and its column's factor."""
    data = matrix.data
    if rows is not None:
        data = data * np.repeat(rows, np.diff(matrix.indptr)).astype(data.dtype)
    if columns is not None:
        data = data * columns[matrix.indices].astype(data.dtype)
    return sparse.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def values_at(
    matrix: sparse.csr_matrix, rows: NDArray[np.integer], columns: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Return the entries at pairs of row and column, 0 where there is none."""
    if not rows.size:
        return np.zeros(0, dtype=np.float32)
    ordered = matrix if matrix.has_sorted_indices else matrix.sorted_indices()  # for binary searches
    return np.asarray(ordered[rows, columns], dtype=np.float32).ravel()
