"""Items that go with an item: by the histories in which they stand together, and by their descriptions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.content import ItemContent, content_similarity
from understudy.engines.recommend.events import Histories
from understudy.engines.recommend.links import Pairs
from understudy.engines.recommend.params import HybridParams
from understudy.engines.recommend.sparse_rows import divided_by_row_maximum

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PopularItems:
    """All items, those with the most interactions first; ties by code."""

    order: NDArray[np.intp]

    @classmethod
    def of(cls, histories: Histories) -> Self:
        """Count the interactions of each item, whatever their weight."""
        count = np.bincount(histories.events.item, minlength=histories.events.n_items)
        return cls(np.argsort(-count, kind="stable"))

    def first(self, limit: int, allowed: Mask | None = None) -> NDArray[np.intp]:
        """Return the `limit` most popular of the allowed items."""
        return (self.order if allowed is None else self.order[allowed[self.order]])[:limit]


@dataclass(frozen=True, slots=True)
class RelatedItems:
    """Items x items: how closely the column's goes with the row's.

        R_ij = norm(both ways of histories) + cw norm(likeness of descriptions)   norm: divide by the maximum

    What does not go with an item follows by popularity, as does everything for an unknown item.
    """

    related: sparse.csr_matrix
    popular: PopularItems

    @classmethod
    def of(cls, histories: Histories, content: ItemContent, params: HybridParams | None = None) -> Self:
        """Count in histories which items stand together, and compare their descriptions."""
        params = params or HybridParams()
        together = divided_by_row_maximum(Pairs.of(histories, params).both_ways(params))
        alike = content_similarity(content, neighbours=params.content_neighbours)
        total = together + params.content_weight * divided_by_row_maximum(alike)
        return cls(sparse.csr_matrix(total), PopularItems.of(histories))

    def rank(
        self, items: Sequence[int], limit: int, allowed: Iterable[Mask | None] | None = None
    ) -> Iterator[NDArray[np.intp]]:
        """Yield at most `limit` items for each of `items`, not itself; a negative code is unknown."""
        masks = [None] * len(items) if allowed is None else allowed
        for item, mask in zip(items, masks, strict=True):
            row = self.related[item] if item >= 0 else sparse.csr_matrix((1, self.related.shape[1]))
            order = row.indices[np.lexsort((row.indices, -row.data))]
            yield completed(order if mask is None else order[mask[order]], self.popular, item, limit, mask)

    def reachable(self, limit: int) -> Mask:
        """Return for each item whether a list of `limit` items can contain it."""
        reached = np.zeros(self.related.shape[1], dtype=bool)
        reached[self.related.indices] = True
        reached[self.popular.order[:limit]] = True
        return reached


def completed(
    order: NDArray[np.integer], popular: PopularItems, item: int, limit: int, mask: Mask | None
) -> NDArray[np.intp]:
    """Return `order` up to the limit, with popular items at its end where it is shorter."""
    found = order[:limit].astype(np.intp)
    if found.size < limit:
        more = popular.first(limit + found.size + 1, mask)
        found = np.r_[found, more[~np.isin(more, found) & (more != item)]][:limit]
    return found
