"""Well-known recommenders beside ours, under the same protocol."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from fondly.evaluation.sequences.protocol import Task

NEIGHBOURS = 100
"""How many items an item may recommend in item-kNN."""
ALS_PARAMETERS = {"factors": 128, "regularization": 5.0, "alpha": 10.0, "random_state": 0}
"""Better on sparse reviews than the library's defaults, whose confidence in a single review is low."""
MISSING = "ALS is left out: implicit is not installed; the extra fondly-evaluation[baselines] has it"

Lists = NDArray[np.intp]
"""Users x items, best first."""
Baseline = Callable[[Task], Callable[[int], Lists]]
"""Fits a task; what it returns gives every user that many items."""


def popularity(task: Task) -> Callable[[int], Lists]:
    """Recommend to everyone the items that most users have."""
    counts = np.asarray(task.fitted.sum(axis=0), dtype=np.float32)
    return lambda limit: task.top(lambda rows: np.repeat(counts, rows.stop - rows.start, axis=0), limit)


def item_knn(task: Task) -> Callable[[int], Lists]:
    """Recommend the items nearest to a user's, by the cosine of who has them.

    Source: Deshpande, Karypis, "Item-based top-N recommendation algorithms", TOIS 22(1), 2004.
    """
    norms = np.sqrt(np.asarray(task.fitted.sum(axis=0)).ravel())
    scaled = task.fitted @ sparse.diags_array(np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0))
    near = _nearest(sparse.csr_matrix(scaled.T @ scaled), NEIGHBOURS)
    return lambda limit: task.top(lambda rows: (task.history[rows] @ near).toarray(), limit)


def als(task: Task) -> Callable[[int], Lists]:
    """Recommend by alternating least squares on implicit feedback, as the library `implicit` does it.

    A user's factors are computed from their history at test time. Source: Hu, Koren, Volinsky, "Collaborative
    filtering for implicit feedback datasets", ICDM 2008.
    """
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415 - an optional library
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with it

    with threadpool_limits(1, "blas"):  # as the library asks: it has threads of its own
        model = AlternatingLeastSquares(**ALS_PARAMETERS)
        model.fit(task.fitted, show_progress=False)

    def recommend(limit: int) -> Lists:
        users = np.arange(task.history.shape[0])
        with threadpool_limits(1, "blas"):
            lists, _ = model.recommend(users, task.history, N=limit, recalculate_user=True)
        return np.asarray(lists, dtype=np.intp)

    return recommend


def available() -> Mapping[str, Baseline]:
    """Return the baselines that can run here, by name."""
    found: dict[str, Baseline] = {"popularity": popularity, "item-kNN": item_knn}
    return found | {"ALS": als} if has_implicit() else found


def has_implicit() -> bool:
    """Return whether the library `implicit` is installed."""
    return find_spec("implicit") is not None


def _nearest(cosines: sparse.csr_matrix, limit: int) -> sparse.csr_matrix:
    """Keep the greatest entries of each row, without its own item."""
    cosines.setdiag(0)
    cosines.eliminate_zeros()
    for row in np.flatnonzero(np.diff(cosines.indptr) > limit):
        own = cosines.data[cosines.indptr[row] : cosines.indptr[row + 1]]
        own[np.argsort(-own, kind="stable")[limit:]] = 0
    cosines.eliminate_zeros()
    return cosines
