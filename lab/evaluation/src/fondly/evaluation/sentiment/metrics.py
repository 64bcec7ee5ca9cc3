"""The figures of sentiment. Pure functions: labels, confidences and counts in, numbers out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from fondly.contracts.records import Sentiment

CONFIDENCE = 0.95
BINS = 10
Confusion = Mapping[Sentiment, Mapping[Sentiment, int]]
"""How many texts by expected label, then by returned label."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, the share, and the bounds of its 95 % interval; all 0 of none."""

    right: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Texts of about the same confidence: how many, its mean, and the share for which it was right."""

    texts: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The expected calibration error, 0 to 1, and its bins without the empty ones."""

    error: float
    bins: Sequence[Bin]


def share(found: Iterable[bool]) -> Share:
    """Return the share that is true, with its Wilson score interval.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22(158),
    1927.
    """
    counts = Counter(found)
    right, of = counts[True], counts.total()
    if not of:
        return Share(0, 0, 0.0, 0.0, 0.0)
    interval = stats.binomtest(right, of).proportion_ci(CONFIDENCE, method="wilson")
    return Share(right, of, right / of, float(interval.low), float(interval.high))


def confusion(pairs: Iterable[tuple[Sentiment, Sentiment]]) -> Confusion:
    """Count pairs of expected and returned labels; labels that nobody expected have no row."""
    counts = Counter(pairs)
    expected = {each for each, _ in counts}
    return {
        label: {returned: counts[label, returned] for returned in Sentiment}
        for label in Sentiment
        if label in expected
    }


def macro_f1(counts: Confusion) -> float:
    """Return the mean F1 of the labels that were expected, each with the same weight; 0 for none.

    F1 is 2 TP / (2 TP + FP + FN). Source: Sokolova, Lapalme, "A systematic analysis of performance measures
    for classification tasks", Information Processing and Management 45(4), 2009.
    """
    found = []
    for label, row in counts.items():
        expected, returned = sum(row.values()), sum(other[label] for other in counts.values())
        found.append(2 * row[label] / (expected + returned))
    return float(np.mean(found)) if found else 0.0


def calibration(confidences: NDArray[np.floating], right: NDArray[np.bool_]) -> Calibration:
    """Return the expected calibration error over ten bins of equal width.

    It is the mean over all texts of how far the share that is right in a text's bin is from the mean
    confidence there. A confidence at a bound belongs to the bin below.

    Sources: Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
    AAAI 2015, for the probability of one of two classes; Guo et al., "On calibration of modern neural
    networks", ICML 2017, for the confidence in the label.
    """
    place = np.clip(np.ceil(confidences * BINS) - 1, 0, BINS - 1)
    bins = [
        Bin(int(inside.sum()), float(confidences[inside].mean()), float(right[inside].mean()))
        for inside in (place == number for number in range(BINS))
        if inside.any()
    ]
    gaps = sum(each.texts * abs(each.right - each.confidence) for each in bins)
    return Calibration(gaps / confidences.size if bins else 0.0, bins)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Spearman's rho of so many pairs with the bounds of its 95 % interval; None where nothing varies."""

    pairs: int
    rho: float | None = None
    low: float | None = None
    high: float | None = None


MIN_PAIRS = 4
"""The interval of a correlation needs at least so many."""


def correlation(ours: Sequence[float], theirs: Sequence[float]) -> Correlation:
    """Return Spearman's rank correlation; ties share their mean rank.

    The interval is Fisher's with the variance (1 + rho^2 / 2) / (n - 3). Source: Bonett, Wright, "Sample size
    requirements for estimating Pearson, Kendall and Spearman correlations", Psychometrika 65(1), 2000.
    """
    pairs = len(ours)
    if pairs < MIN_PAIRS or len(set(ours)) == 1 or len(set(theirs)) == 1:
        return Correlation(pairs)
    rho = float(stats.spearmanr(ours, theirs).statistic)
    spread = stats.norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt((1 + rho**2 / 2) / (pairs - 3))
    middle = np.arctanh(np.clip(rho, -1 + 1e-12, 1 - 1e-12))
    return Correlation(pairs, rho, float(np.tanh(middle - spread)), float(np.tanh(middle + spread)))
