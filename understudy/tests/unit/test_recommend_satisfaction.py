import numpy as np
import pytest

from understudy.engines.recommend import satisfaction_weights


@pytest.mark.parametrize(
    ("values", "weights"),
    [
        ([1, 2, 3, 4, 5, np.nan], [0.1, 0.1, 0.55, 1, 1, 1]),
        ([-1, -0.2, 0, 0.6, 1], [0.1, 0.1, 0.325, 1, 1]),
        ([1, 1, 1], [1, 1, 1]),
        ([np.nan], [1]),
        ([0, 0], [1, 1]),
    ],
)
def test_a_value_is_read_on_the_scale_of_its_data(values: list[float], weights: list[float]) -> None:
    """Stars, signed sentiment, constants and missing values each have their expected weights."""
    assert satisfaction_weights(np.array(values)) == pytest.approx(weights, abs=0.03)
