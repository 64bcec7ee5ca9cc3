"""What the value of an interaction says about how much the user likes the item."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

_DISLIKED = 0.4
_LIKED = 0.8
_FLOOR = 0.1
_TOP_PERCENTILE = 95


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The scale of values: where it begins and ends. Without one, both are 0."""

    bottom: float
    top: float

    @classmethod
    def of(cls, values: NDArray[np.floating]) -> Self:
        """Derive the scale from values, NaN where there is none.

        It runs from zero to their 95th percentile, or from minus to plus that if any is negative.
        """
        known = values[~np.isnan(values)]
        top = _top(np.abs(known)) if known.size else 0.0
        return cls(-top if known.size and known.min() < 0 else 0.0, top)

    def weights(self, values: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return a weight in 0.1..1 for each value: how much the interaction counts for its item.

        Values in the lowest two fifths of the scale are dislikes and weigh 0.1, values in its top fifth
        weigh 1, and the weight grows linearly in between. One to five stars thus weigh 0.1, 0.1, 0.55, 1, 1,
        and a sentiment of -1..1 grows from -0.2 upwards. A missing value (NaN) says nothing against the item
        and weighs 1.

        A dislike still tells where a customer shops. It is drowned by anything liked in the same history,
        and speaks alone where nothing is liked: scores are relative to the best of each user.
        """
        if self.top == 0.0:
            return np.ones(values.size, dtype=np.float32)
        place = (values - self.bottom) / (self.top - self.bottom)
        liking = np.clip((place - _DISLIKED) / (_LIKED - _DISLIKED), 0.0, 1.0)
        weights = _FLOOR + (1.0 - _FLOOR) * liking
        return np.where(np.isnan(values), 1.0, weights).astype(np.float32)


def satisfaction_weights(values: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the weight of each value on the scale of all of them."""
    return Satisfaction.of(values).weights(values)


def _top(sizes: NDArray[np.floating]) -> float:
    """Return the end of the scale, which a few outliers must not stretch."""
    return float(np.percentile(sizes, _TOP_PERCENTILE, method="higher"))
