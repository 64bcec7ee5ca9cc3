import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from understudy.engines.recommend import ItemContent, content
from understudy.engines.recommend.content import content_similarity
from understudy.engines.recommend.sparse_rows import without_diagonal

CHAMPIONS = content._CHAMPIONS


def test_items_of_one_category_are_alike() -> None:
    """A shared label is enough, and an item is not like itself."""
    labels = [["red"], ["red"], ["blue"], ["blue"]]

    similar = content_similarity(ItemContent(labels=labels, texts=[""] * 4), neighbours=5)

    assert similar[0, 1] == pytest.approx(1.0)
    assert similar[0, 2] == 0
    assert similar.diagonal().sum() == 0


def test_words_and_labels_count_but_words_of_all_items_do_not() -> None:
    """A shared label adds to shared words; a word that all items have links none of them."""
    texts = ["the blue lamp", "The LAMP, blue!", "the blue lamp", "the chair", "the rug", "the bed"]
    labels = [["light"], ["light"], ["garden"], ["seat"], ["floor"], ["room"]]

    similar = content_similarity(ItemContent(labels=labels, texts=texts), neighbours=5)

    assert similar[0, 1] > similar[0, 2]
    assert similar[0, 3] == 0


def test_a_catalogue_may_have_no_content() -> None:
    """Items without content are similar to none."""
    similar = content_similarity(ItemContent(labels=[[], []], texts=["", ""]), neighbours=5)

    assert similar.shape == (2, 2)
    assert similar.nnz == 0


@settings(max_examples=40)
@given(labels=st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), min_size=2, max_size=30))
def test_likeness_is_mutual(labels: list[list[str]]) -> None:
    """Where nothing is cut off, two items are as much alike the other way round, at most 1."""
    described = ItemContent(labels=labels, texts=[""] * len(labels))

    similar = content_similarity(described, neighbours=len(labels)).toarray()

    assert similar == pytest.approx(similar.T)
    assert similar.min() >= 0
    assert similar.max() <= 1 + 1e-5


def test_only_the_most_alike_neighbours_are_kept() -> None:
    """A row is bounded, and what shares more stays."""
    labels = [["a", "b"], ["a", "b"], ["a", "c"], ["a", "d"], ["e"], ["f"], ["g"], ["h"]]

    similar = content_similarity(ItemContent(labels=labels, texts=[""] * 8), neighbours=1)

    assert np.diff(similar.indptr).max() == 1
    assert similar[0, 1] > 0


def test_work_grows_with_the_catalogue_and_not_with_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one label for 5,000 items, each of them is compared with the champions and no others."""
    shared, others = 5_000, 6_000
    labels = [["everywhere"]] * shared + [[f"rare{item // 2}"] for item in range(others)]
    compared: list[int] = []

    def counting(matrix: sparse.csr_matrix, *, first_row: int) -> sparse.csr_matrix:
        compared.extend(np.diff(matrix.indptr))
        return without_diagonal(matrix, first_row=first_row)

    monkeypatch.setattr(content, "without_diagonal", counting)
    described = ItemContent(labels=labels, texts=[""] * (shared + others))

    similar = content_similarity(described, neighbours=300)

    assert max(compared) == CHAMPIONS
    assert sum(compared) == shared * CHAMPIONS + others * 2
    assert np.diff(similar.indptr)[:shared].min() == 300
    pairs = shared + np.arange(0, others, 2)
    assert np.asarray(similar[pairs, pairs + 1]) == pytest.approx(1.0)
    assert np.asarray(similar[pairs + 1, pairs]) == pytest.approx(1.0)
