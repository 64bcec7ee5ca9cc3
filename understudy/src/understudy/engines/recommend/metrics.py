"""How good a list is of which one item was wanted."""

import numpy as np
from numpy.typing import NDArray

DEPTH = 10


def gains(places: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return NDCG at 10 for the places of the one relevant item: 0 the best, infinite where it is absent."""
    return np.where(places < DEPTH, 1 / np.log2(np.minimum(places, DEPTH) + 2), 0.0)
