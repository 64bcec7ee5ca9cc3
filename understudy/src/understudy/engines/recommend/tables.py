"""Everything that is counted in histories: what retrieves items, and what else tells about them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.content import ItemContent, LabelLinks, content_similarity, label_vectors
from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.factors import Factors
from understudy.engines.recommend.hybrid import HybridModel
from understudy.engines.recommend.links import Pairs
from understudy.engines.recommend.params import HybridParams

_LONG = 20


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is known of the items themselves: their likeness, items x items, and labels, items x labels."""

    similar: sparse.csr_matrix
    labels: sparse.csr_matrix

    @classmethod
    def of(cls, content: ItemContent, params: HybridParams) -> Self:
        """Compare the items by their descriptions."""
        similar = content_similarity(content, neighbours=params.content_neighbours)
        return cls(similar, label_vectors(content.labels))


@dataclass(frozen=True, slots=True)
class Tables:
    """What was counted in some histories, for retrieval and for the features of re-ranking."""

    hybrid: HybridModel
    both_ways: sparse.csr_matrix
    direct: sparse.csr_matrix
    factors: Factors
    labels: LabelLinks
    items: NDArray[np.float32]
    """Items x four: log of the number of events, share of last events, mean age, mean length of history."""

    @classmethod
    def of(cls, histories: Histories, pairs: Pairs, catalogue: Catalogue, params: HybridParams) -> Self:
        """Count `histories`, of which `pairs` were counted before."""
        onwards = pairs.ordered + pairs.tied
        return cls(
            hybrid=HybridModel.of(pairs, catalogue.similar, histories.events, params),
            both_ways=pairs.both_ways(params),
            direct=pairs.direct,
            factors=Factors.of(onwards),
            labels=LabelLinks.of(catalogue.labels, onwards),
            items=_statistics(histories),
        )


def _statistics(histories: Histories) -> NDArray[np.float32]:
    events = histories.events

    def total(values: NDArray[np.generic]) -> NDArray[np.float64]:
        return np.bincount(events.item, values, events.n_items).astype(np.float64)

    count = np.bincount(events.item, minlength=events.n_items)
    known = np.maximum(count, 1)
    columns = (
        np.log1p(count),
        total(histories.age == 0) / known,
        total(np.minimum(histories.age, _LONG)) / known,
        total(np.minimum(histories.length, _LONG)) / known,
    )
    return np.stack(columns, axis=1).astype(np.float32)
