"""Items whose descriptions mean something similar, whether or not anybody has bought them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.extmath import randomized_svd

from understudy.engines.recommend.content import WORD, ItemContent
from understudy.engines.recommend.factors import directions
from understudy.engines.recommend.related import Mask, PopularItems, completed

_DIMENSIONS = 128
_ITERATIONS = 2
_SEED = 0
_MAX_DOCUMENT_SHARE = 0.5
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class SemanticItems:
    """Items x dimensions: latent semantic analysis of their names, labels and descriptions, of length 1.

    Words that stand in the same descriptions point the same way, so items are near each other that share no
    word. Source: Deerwester et al., "Indexing by Latent Semantic Analysis", JASIS 41, 1990. An item without a
    description, and an unknown one, gets what is popular.
    """

    vectors: NDArray[np.float32]
    popular: PopularItems

    @classmethod
    def of(cls, content: ItemContent, popular: PopularItems) -> Self:
        """Read the descriptions of all items."""
        documents = [
            [*labels, *WORD.findall(text.lower())]
            for labels, text in zip(content.labels, content.texts, strict=True)
        ]
        most = max(1, int(_MAX_DOCUMENT_SHARE * len(documents)))
        vectorizer = TfidfVectorizer(analyzer=list, max_df=most, sublinear_tf=True, dtype=np.float32)
        try:
            weights = vectorizer.fit_transform(documents)
        except ValueError:  # scikit-learn raises this when no term is left
            return cls(np.zeros((len(documents), 1), dtype=np.float32), popular)
        size = min(_DIMENSIONS, *weights.shape)
        left, values, _ = randomized_svd(weights, size, n_iter=_ITERATIONS, random_state=_SEED)
        return cls(directions((left * values).astype(np.float32)), popular)

    def rank(
        self, items: Sequence[int], limit: int, allowed: Iterable[Mask | None] | None = None
    ) -> Iterator[NDArray[np.intp]]:
        """Yield at most `limit` items for each of `items`, not itself; a negative code is unknown."""
        masks = iter([None] * len(items) if allowed is None else allowed)
        for start in range(0, len(items), _CHUNK):
            chunk = np.array(items[start : start + _CHUNK])
            nearness = self.vectors[chunk] @ self.vectors.T
            for item, near, mask in zip(chunk.tolist(), nearness, masks, strict=False):
                yield completed(self._nearest(item, near, limit, mask), self.popular, item, limit, mask)

    def reachable(self, limit: int) -> Mask:
        """Return for each item whether a list of `limit` items can contain it."""
        reached = np.asarray(self.vectors.any(axis=1))
        reached[self.popular.order[:limit]] = True
        return reached

    def _nearest(
        self, item: int, near: NDArray[np.float32], limit: int, mask: Mask | None
    ) -> NDArray[np.intp]:
        kept = near > 0 if mask is None else (near > 0) & mask
        if item < 0 or not limit:
            return np.zeros(0, dtype=np.intp)
        kept[item] = False
        found = np.flatnonzero(kept)
        if found.size > limit:
            least = np.partition(near[found], found.size - limit)[found.size - limit]
            found = found[near[found] >= least]
        return found[np.lexsort((found, -near[found]))][:limit]
