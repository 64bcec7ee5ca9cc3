"""How similar items are by their descriptions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from understudy.engines.recommend.sparse_rows import in_threads, top_per_row, without_diagonal

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
