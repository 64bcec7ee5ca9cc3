import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from understudy.engines.recommend import (
    Events,
    Histories,
    HybridModel,
    HybridParams,
    ItemContent,
    Profiles,
    Split,
    content_similarity,
    evaluate,
    leave_one_out,
    satisfaction_weights,
)

N_USERS, N_ITEMS, N_EVENTS = 40, 30, 240


def events(seed: int = 0) -> Events:
    """Return random events; user 0 has none, user 1 disliked everything."""
    random = np.random.default_rng(seed)
    user = random.integers(1, N_USERS, N_EVENTS).astype(np.int32)
    weight = random.choice([1.0, 0.5], N_EVENTS).astype(np.float32)
    weight[user == 1] = 0
    return Events(
        user=user,
        item=(random.integers(0, N_ITEMS, N_EVENTS) ** 2 // N_ITEMS).astype(np.int32),
        time=random.integers(0, 5, N_EVENTS).astype(np.int64),
        weight=weight,
        n_users=N_USERS,
        n_items=N_ITEMS,
    )


def no_content() -> sparse.csr_matrix:
    """Return the similarities of items without content."""
    return sparse.csr_matrix((N_ITEMS, N_ITEMS), dtype=np.float32)


def content() -> sparse.csr_matrix:
    """Return similarities of items in five categories."""
    labels = [[f"kind{item % 5}", f"own{item}"] for item in range(N_ITEMS)]
    return content_similarity(ItemContent(labels=labels, texts=[""] * N_ITEMS), neighbours=10)


def dense_scores(model: HybridModel, profiles: Profiles) -> NDArray[np.float64]:
    """Score every item for every user straight from the formula."""
    together = (profiles.recent @ model.cooccurrence).toarray().astype(float)
    alike = (profiles.broad @ model.content).toarray().astype(float)
    for scores in (together, alike):
        top = scores.max(axis=1, keepdims=True)
        np.divide(scores, top, out=scores, where=top > 0)
    return np.asarray(together + model.params.content_weight * alike + model.popularity)


def test_rankings_equal_those_from_scoring_every_item() -> None:
    """At any length, only touched items and the popular head need to be looked at."""
    histories = Histories.of(events())
    model = HybridModel.fit(histories, content())
    profiles = Profiles.of(histories, model.params)
    dense = dense_scores(model, profiles)

    for limit in (1, 7, N_ITEMS, N_ITEMS + 10):
        for user, ranking in enumerate(model.rank(profiles, np.arange(N_USERS), limit)):
            best = np.sort(dense[user])[::-1][:limit]
            assert ranking.scores == pytest.approx(best / dense[user].sum(), rel=1e-5)
            assert len(set(ranking.items.tolist())) == min(limit, N_ITEMS)


def test_masked_items_are_never_recommended_and_others_fill_the_list() -> None:
    """With half of the items allowed, the list has the best of that half."""
    histories = Histories.of(events())
    model = HybridModel.fit(histories, content())
    profiles = Profiles.of(histories, model.params)
    mask = np.arange(N_ITEMS) % 2 == 0
    dense = dense_scores(model, profiles)

    [ranking] = model.rank(profiles, np.array([5]), 10, lambda _: mask)

    assert (ranking.items % 2 == 0).all()
    best = np.sort(dense[5][mask])[::-1][:10]
    assert ranking.scores == pytest.approx(best / dense[5].sum(), rel=1e-5)


def test_users_without_a_liked_interaction_get_the_popular_items() -> None:
    """Unknown users, users without events and those who disliked everything get the same list."""
    histories = Histories.of(events())
    model = HybridModel.fit(histories, content())
    profiles = Profiles.of(histories, model.params)

    lists = [ranking.items for ranking in model.rank(profiles, np.array([-1, 0, 1]), 8)]

    for items in lists:
        assert items.tolist() == model.popular[:8].tolist()


def test_equally_popular_items_are_ordered_by_evidence() -> None:
    """Two half-liked interactions are better evidence than one liked; no evidence comes last."""
    few = Events(
        user=np.arange(5, dtype=np.int32),
        item=np.array([1, 2, 2, 3, 3], dtype=np.int32),
        time=np.zeros(5, dtype=np.int64),
        weight=np.array([1, 0.5, 0.5, 1, 1], dtype=np.float32),
        n_users=5,
        n_items=5,
    )
    nothing = sparse.csr_matrix((5, 5), dtype=np.float32)
    histories = Histories.of(few)
    model = HybridModel.fit(histories, nothing)

    [ranking] = model.rank(Profiles.of(histories, model.params), np.array([-1]), 5)

    assert ranking.items.tolist() == [3, 2, 1, 0, 4]


def test_a_history_of_dislikes_still_ranks_its_own_category_first() -> None:
    """A weight of 0.1 for everything says where a customer shops, though not what for."""
    random = np.random.default_rng(0)
    user = np.repeat(np.arange(60, dtype=np.int32), 3)
    kind = np.repeat(random.integers(0, 3, 60), 3)
    shopped = Events(
        user=user,
        item=(kind * 10 + random.integers(0, 10, user.size)).astype(np.int32),
        time=np.tile(np.arange(3), 60).astype(np.int64),
        weight=np.where(user < 6, 0.1, 1.0).astype(np.float32),
        n_users=60,
        n_items=30,
    )
    labels = [[f"kind{item // 10}"] for item in range(30)]
    similar = content_similarity(ItemContent(labels=labels, texts=[""] * 30), neighbours=10)
    histories = Histories.of(shopped)
    model = HybridModel.fit(histories, similar)

    rankings = model.rank(Profiles.of(histories, model.params), np.arange(6), 5)

    for place, ranking in enumerate(rankings):
        assert (ranking.items // 10 == kind[3 * place]).all()


def test_scores_sum_to_one_over_the_catalogue() -> None:
    """A score is a share, so lists of different users can be compared."""
    histories = Histories.of(events())
    model = HybridModel.fit(histories, content())

    rankings = model.rank(Profiles.of(histories, model.params), np.arange(N_USERS), N_ITEMS)

    assert [ranking.scores.sum() for ranking in rankings] == pytest.approx([1.0] * N_USERS)


def test_having_an_item_does_not_raise_its_score() -> None:
    """A user's only item is scored by its popularity alone."""
    one = Events(
        user=np.array([0, 1, 1], dtype=np.int32),
        item=np.array([0, 1, 2], dtype=np.int32),
        time=np.array([1, 1, 2], dtype=np.int64),
        weight=np.ones(3, dtype=np.float32),
        n_users=2,
        n_items=4,
    )
    labels = [["a"], ["a"], ["b"], ["c"]]
    similar = content_similarity(ItemContent(labels=labels, texts=[""] * 4), neighbours=5)
    histories = Histories.of(one)
    model = HybridModel.fit(histories, similar)

    [ranking] = model.rank(Profiles.of(histories, model.params), np.array([0]), 3)

    assert ranking.items[0] == 1


def test_items_without_interactions_are_recommended_by_content() -> None:
    """An item that has only a category is recommended to users of that category."""
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


def test_evaluation_uses_users_held_back_from_the_fit() -> None:
    """Events of tested users are either given or to be predicted, never trained on."""
    histories = Histories.of(events())

    split = Split.of(histories)

    tested = set(split.truth)
    assert len(tested) == 4  # a tenth of 39, rounded up
    assert tested.isdisjoint(split.train.user.tolist())
    assert set(split.given.events.user.tolist()) == tested
    found = sum(histories.events.user == user for user in tested).sum()
    assert split.given.events.user.size < found


def test_a_perfect_model_gets_perfect_metrics() -> None:
    """Users who always choose item 1 after item 0 are predicted perfectly, with AWS's discount."""
    users = np.repeat(np.arange(40, dtype=np.int32), 2)
    pairs = Events(
        user=users,
        item=np.tile(np.array([0, 1], dtype=np.int32), 40),
        time=np.tile(np.array([1, 2], dtype=np.int64), 40),
        weight=np.ones(80, dtype=np.float32),
        n_users=40,
        n_items=30,
    )
    split = Split.of(Histories.of(pairs))
    model = HybridModel.fit(Histories.of(split.train), no_content(), HybridParams(popularity_weight=0.01))

    metrics = evaluate(model, split)

    assert metrics["mean_reciprocal_rank_at_25"] == 1
    assert metrics["normalized_discounted_cumulative_gain_at_5"] == 1
    assert metrics["precision_at_5"] == pytest.approx(0.2)


def test_leave_one_out_finds_the_next_item_of_a_chain() -> None:
    """Where each item is followed by the next, the last of a sequence is ranked first."""
    sequences = [[(start + step) % N_ITEMS for step in range(6)] for start in range(N_ITEMS)]

    result = leave_one_out(sequences)

    assert result.recall_at_5 > 0.9
    assert result.ndcg_at_10 > 0.9
    assert (result.users, result.items) == (N_ITEMS, N_ITEMS)


@pytest.mark.parametrize("sequences", [[[0, 1]], [[0, 1, 2], []], [[0, 1, 5]], [[0, 1, -1]]])
def test_leave_one_out_refuses_what_it_cannot_split_or_find(sequences: list[list[int]]) -> None:
    """A sequence needs three items, each of the catalogue."""
    content = ItemContent(labels=[()] * 3, texts=[""] * 3)

    with pytest.raises(ValueError, match=r"at least 3|not within 0 to 2"):
        leave_one_out(sequences, content)
