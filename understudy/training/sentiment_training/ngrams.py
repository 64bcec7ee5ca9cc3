"""Fitting the n-gram model: softmax regression on the shares of the classes, by L-BFGS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import CountVectorizer

from understudy.engines.sentiment.front import features
from understudy.engines.sentiment.joining import log_softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

KEPT_FEATURES = 60_000
_PENALTY = 0.25
"""The weight of the squared weights beside the summed cross-entropy."""
_MOST_STEPS = 120


def fitted(
    words: Sequence[Sequence[str]], shares: NDArray[np.float64], kept: int = KEPT_FEATURES
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Return the names of the features kept, their weights (features, classes) and the bias (classes).

    It fits on all features, and again on those with the largest weights.
    """
    vectors = CountVectorizer(
        analyzer=lambda each: list(features(each)), binary=True, min_df=2, dtype=np.float32
    )
    counts = vectors.fit_transform(words)
    weights, _ = _fit(_scaled(counts), shares)
    largest = np.sort(np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:kept])
    weights, bias = _fit(_scaled(counts[:, largest]), shares)
    return list(vectors.get_feature_names_out()[largest]), weights, bias


def _scaled(counts: csr_matrix) -> csr_matrix:
    """Divide by the root of the number of features, as `Front.logits` does."""
    sizes = np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1)
    return (diags(1 / np.sqrt(sizes)) @ counts).tocsr().astype(np.float32)


def _fit(x: csr_matrix, shares: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    size, classes = x.shape[1], shares.shape[1]
    turned = x.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = flat[:-classes].reshape(size, classes), flat[-classes:]
        logs = log_softmax(x @ weights + bias)
        wrong = np.exp(logs) - shares
        gradient = turned @ wrong + 2 * _PENALTY * weights
        value = -(shares * logs).sum() + _PENALTY * (weights**2).sum()
        return value, np.concatenate([gradient.ravel(), wrong.sum(axis=0)])

    start = np.zeros((size + 1) * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS}).x
    return found[:-classes].reshape(size, classes), found[-classes:]
