"""How similar items are by their descriptions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend.sparse_rows import (
    in_threads,
    scaled,
    top_per_row,
    values_at,
    without_diagonal,
)

_WORD = re.compile(r"\w+")
_CHUNK_ROWS = 512
_MAX_DOCUMENT_SHARE = 0.5
_CHAMPIONS = 1_000
"""How many items are compared for a term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent:
    """What is known about each item: its categories as labels, and its words."""

    labels: Sequence[Sequence[str]]
    texts: Sequence[str]


def content_similarity(content: ItemContent, *, neighbours: int) -> sparse.csr_matrix:
    """Return items x items: TF-IDF cosines in 0..1, the `neighbours` greatest of each row.

    An item is not its own neighbour. Of the items with a term, only those in which it weighs most are
    compared, so work grows with the catalogue and not with its square. Source: champion lists, Manning,
    Raghavan, Schütze, "Introduction to Information Retrieval", 2008, section 7.1.3.
    """
    vectors = _vectors(content)
    champions = top_per_row(vectors.T.tocsr(), _CHAMPIONS)

    def similar(start: int) -> sparse.csr_matrix:
        product = vectors[start : start + _CHUNK_ROWS] @ champions
        return top_per_row(without_diagonal(product, first_row=start), neighbours)

    chunks = list(in_threads(similar, range(0, vectors.shape[0], _CHUNK_ROWS)))
    empty = sparse.csr_matrix((0, vectors.shape[0]), dtype=np.float32)
    return sparse.vstack(chunks or [empty], format="csr", dtype=np.float32)


def _vectors(content: ItemContent) -> sparse.csr_matrix:
    """Return one L2-normalised TF-IDF row per item, with labels and words as equal terms.

    A term that occurs in more than half the catalogue is left out: it costs the most to multiply and says
    the least.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    documents = [
        [*labels, *_WORD.findall(text.lower())]
        for labels, text in zip(content.labels, content.texts, strict=True)
    ]
    most = max(1, int(_MAX_DOCUMENT_SHARE * len(documents)))
    vectorizer = TfidfVectorizer(analyzer=list, max_df=most, sublinear_tf=True, dtype=np.float32)
    try:
        return vectorizer.fit_transform(documents)
    except ValueError:  # scikit-learn raises this when no term is left
        return sparse.csr_matrix((len(documents), 1), dtype=np.float32)


_LEAST_ITEMS = 2
_MOST_PER_LABEL = 300
_PRIOR = 5.0
"""How many pairs' worth of chance is added to what is seen after a label."""


def label_vectors(labels: Sequence[Sequence[str]]) -> sparse.csr_matrix:
    """Return items x labels, L2-normalised and rare labels weighing most; labels of one item are left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = min(_LEAST_ITEMS, max(1, len(labels)))
    vectorizer = TfidfVectorizer(analyzer=list, min_df=least, dtype=np.float32)
    try:
        return sparse.csr_matrix(vectorizer.fit_transform([list(each) for each in labels]))
    except ValueError:  # scikit-learn raises this when no label is left
        return sparse.csr_matrix((len(labels), 1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LabelLinks:
    """How much more often the column's label follows the row's than chance would have it."""

    vectors: sparse.csr_matrix
    lifts: sparse.csr_matrix

    @classmethod
    def of(cls, vectors: sparse.csr_matrix, pairs: sparse.csr_matrix) -> Self:
        """Count the labels of each pair of items, as log(1 + lift), with a prior for what is rare."""
        has = vectors.copy()
        has.data[:] = 1
        together = sparse.csr_matrix(has.T @ pairs @ has)
        before, after = (np.asarray(together.sum(axis=axis)).ravel() for axis in (1, 0))
        share = after / max(float(after.sum()), np.finfo(float).tiny)
        inverse = np.divide(1, share, out=np.zeros_like(share), where=share > 0)
        lifts = scaled(together, rows=1 / (before + _PRIOR), columns=inverse)
        lifts.data = np.log1p(lifts.data)
        return cls(vectors, top_per_row(lifts, _MOST_PER_LABEL))

    def scores(
        self, latest: sparse.csr_matrix, rows: NDArray[np.integer], items: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """Return how well each item's labels follow those of the latest items of its row's user."""
        following = sparse.csr_matrix(latest @ self.vectors @ self.lifts)
        wanted = self.vectors[items]
        length = np.diff(wanted.indptr)
        products = values_at(following, np.repeat(rows, length), wanted.indices) * wanted.data
        return np.bincount(np.repeat(np.arange(rows.size), length), products, rows.size).astype(np.float32)
