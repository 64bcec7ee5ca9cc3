"""What is measured of verdicts on labelled texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import balanced_accuracy_score, f1_score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.reviews import LabelledText

_THREE = ["NEGATIVE", "NEUTRAL", "POSITIVE"]
_BINS = 10


@dataclass(frozen=True)
class Verdict:
    """A label, and the probability of praise where only praise and blame are possible."""

    label: str
    praise: float


@dataclass(frozen=True)
class Figures:
    """Shares of 1: praise told from blame, right labels, macro-F1 if all three occur, calibration error."""

    polarity: float
    label: float
    macro_f1: float | None
    calibration_error: float


def figures(rows: Sequence[LabelledText], verdicts: Sequence[Verdict]) -> Figures:
    """Return the figures of verdicts on texts; all but F1 count texts of praise and blame only."""
    pairs = list(zip(rows, verdicts, strict=True))
    decided = [pair for pair in pairs if pair[0].label in {"POSITIVE", "NEGATIVE"}]
    praised = np.array([row.label == "POSITIVE" for row, _ in decided])
    praise = np.array([verdict.praise for _, verdict in decided])
    three = [pair for pair in pairs if pair[0].label in _THREE]
    truth, found = [row.label for row, _ in three], [verdict.label for _, verdict in three]
    return Figures(
        polarity=float(balanced_accuracy_score(praised, praise > 0.5)),  # noqa: PLR2004 - half
        label=float(np.mean([row.label == verdict.label for row, verdict in decided])),
        macro_f1=_macro_f1(truth, found),
        calibration_error=calibration_error(praise, praised),
    )


def _macro_f1(truth: list[str], found: list[str]) -> float | None:
    if set(truth) != set(_THREE):
        return None
    return float(f1_score(truth, found, labels=_THREE, average="macro"))


def calibration_error(praise: NDArray[np.float64], praised: NDArray[np.bool_]) -> float:
    """Return the expected calibration error in ten bins of confidence (Guo et al. 2017)."""
    sure = np.maximum(praise, 1 - praise)
    right = (praise > 0.5) == praised  # noqa: PLR2004 - half
    bins = np.minimum(((sure - 0.5) * 2 * _BINS).astype(int), _BINS - 1)
    gaps = (
        abs(sure[bins == n].mean() - right[bins == n].mean()) * (bins == n).mean() for n in np.unique(bins)
    )
    return float(sum(gaps))
