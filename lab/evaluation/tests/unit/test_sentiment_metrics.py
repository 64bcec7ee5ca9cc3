"""The figures of sentiment, computed by hand."""

import numpy as np
import pytest

from fondly.contracts.records import Sentiment
from fondly.evaluation.sentiment.metrics import (
    Bin,
    Correlation,
    calibration,
    confusion,
    correlation,
    macro_f1,
    share,
)

POSITIVE, NEGATIVE, NEUTRAL = Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.NEUTRAL


def test_a_share_has_wilsons_interval() -> None:
    """8 of 10: (0.8 + z^2/20 -+ z sqrt(0.016 + z^2/400)) / (1 + z^2/10) with z = 1.96."""
    found = share([True] * 8 + [False] * 2)
    assert (found.right, found.of, found.share) == (8, 10, 0.8)
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_nothing_wrong_is_not_certainty() -> None:
    """3 of 3: the upper bound is 1, the lower 3 / (3 + z^2)."""
    found = share([True] * 3)
    assert (found.low, found.high) == pytest.approx((0.4385, 1.0), abs=1e-4)


def test_the_share_of_nothing_is_nothing() -> None:
    """Without a division by zero."""
    assert (share([]).of, share([]).high) == (0, 0.0)


def test_macro_f1_weighs_every_expected_label_alike() -> None:
    """Positive: 2*3 / (4 + 4). Negative: 2*2 / (4 + 3). Nobody expected neutral, so it has no F1."""
    pairs = [(POSITIVE, POSITIVE)] * 3 + [(POSITIVE, NEGATIVE)]
    pairs += [(NEGATIVE, NEGATIVE)] * 2 + [(NEGATIVE, POSITIVE), (NEGATIVE, NEUTRAL)]
    counts = confusion(pairs)
    assert list(counts) == [POSITIVE, NEGATIVE]
    assert counts[NEGATIVE] == {POSITIVE: 1, NEGATIVE: 2, NEUTRAL: 1, Sentiment.MIXED: 0}
    assert macro_f1(counts) == pytest.approx((6 / 8 + 4 / 7) / 2)


def test_macro_f1_of_a_label_that_is_never_returned_is_0() -> None:
    """It pulls the mean down."""
    assert macro_f1(confusion([(POSITIVE, POSITIVE), (NEUTRAL, POSITIVE)])) == pytest.approx((2 / 3 + 0) / 2)
    assert macro_f1(confusion([])) == 0.0


def test_the_calibration_error_is_the_mean_gap() -> None:
    """Two texts at 0.95 of which one is right: 2 * 0.45; one at 0.85 and right, one at 0.15 and wrong."""
    found = calibration(np.array([0.95, 0.95, 0.85, 0.15]), np.array([True, False, True, False]))
    assert found.error == pytest.approx((2 * 0.45 + 0.15 + 0.15) / 4)
    assert [each.texts for each in found.bins] == [1, 1, 2]


def test_a_confidence_at_a_bound_belongs_below() -> None:
    """0 has its place too, and so has 1."""
    found = calibration(np.array([0.0, 0.5, 1.0]), np.array([False, True, True]))
    assert found.bins == [Bin(1, 0.0, 0.0), Bin(1, 0.5, 1.0), Bin(1, 1.0, 1.0)]
    assert found.error == pytest.approx(0.5 / 3)


def test_the_calibration_error_of_nothing_is_0() -> None:
    """Without a warning of numpy's."""
    assert calibration(np.array([]), np.array([], dtype=bool)).error == 0.0


def test_rank_correlation_with_its_interval() -> None:
    """1 - 6*4 / (5*24); the interval is tanh(atanh 0.8 -+ 1.96 sqrt(1.32 / 2))."""
    found = correlation([1, 2, 3, 4, 5], [20, 10, 40, 30, 50])
    assert found.pairs == 5
    assert found.rho == pytest.approx(0.8)
    assert (found.low, found.high) == pytest.approx((-0.457, 0.991), abs=1e-3)


def test_a_perfect_order_has_a_correlation() -> None:
    """Its interval ends at 1."""
    found = correlation([1, 2, 3, 4], [1, 2, 3, 9])
    assert (found.rho, found.high) == pytest.approx((1.0, 1.0))


@pytest.mark.parametrize("theirs", [[4, 4, 4, 4], [4, 5]])
def test_what_does_not_vary_or_is_too_little_has_no_correlation(theirs: list[float]) -> None:
    """The number of pairs says why."""
    assert correlation(theirs, range(len(theirs))) == Correlation(len(theirs))
