"""Fitting how the two models are joined, on texts that neither has seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from understudy.engines.sentiment.joining import Join, Prior, log_softmax

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sentiment_training.corpus import Row

MARGIN, SHORT_WORDS = 2.0, 20
"""Where the net is asked: below this margin up to any length, and up to this length at any margin."""
MIXES = {Prior.BALANCED: (0.08, 0.44, 0.04, 0.44), Prior.NATURAL: (0.04, 0.12, 0.04, 0.80)}
"""The shares of MIXED, NEGATIVE, NEUTRAL and POSITIVE that a prior stands for."""
_PENALTY = 1.0


def joined_on(rows: Sequence[Row], front: NDArray[np.floating], net: NDArray[np.floating]) -> Join:
    """Return the combination of both logits (rows, classes) that fits the rows' labels best."""
    shares = np.array([row.shares for row in rows])
    own = shares.mean(axis=0)
    alone, alone_bias = _fit([front], shares)
    both, bias = _fit([front, net], shares)
    return Join(
        margin=MARGIN,
        short=SHORT_WORDS,
        alone=float(alone[0]),
        alone_bias=alone_bias,
        front=float(both[0]),
        net=float(both[1]),
        bias=bias,
        priors={prior: np.log(np.array(mix) / own) for prior, mix in MIXES.items()},
    )


def _fit(
    logits: Sequence[NDArray[np.floating]], shares: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a weight per model and a bias per class, by L-BFGS on the cross-entropy."""
    logs = np.stack([log_softmax(each) for each in logits])
    models = len(logits)

    def loss(flat: NDArray[np.float64]) -> float:
        found = log_softmax(np.tensordot(flat[:models], logs, axes=1) + flat[models:])
        return float(-(shares * found).sum() + _PENALTY * (flat[models:] ** 2).sum())

    start = np.concatenate([np.full(models, 1 / models), np.zeros(shares.shape[1])])
    found = minimize(loss, start, method="L-BFGS-B").x
    return found[:models], found[models:]
