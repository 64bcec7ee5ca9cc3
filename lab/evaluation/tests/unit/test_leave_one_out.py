import numpy as np
import pytest

from fondly.evaluation.sequences.leave_one_out import LeaveOneOut, Protocol, leave_one_out
from understudy.engines.recommend import Events, Histories, ItemContent, Profiles, Recommender

N_ITEMS = 60


def test_leave_one_out_finds_the_next_item_of_a_chain() -> None:
    """Where each item is followed by the next, the last of a sequence is ranked first."""
    walks = [[(start + step) % N_ITEMS for step in range(6)] for start in range(N_ITEMS)]

    result = leave_one_out(walks)

    assert result.recall_at_5 > 0.9
    assert result.ndcg_at_10 > 0.9
    assert (result.users, result.items) == (N_ITEMS, N_ITEMS)


@pytest.mark.parametrize("walks", [[], [[0, 1]], [[0, 1, 2], []], [[0, 1, 5]], [[0, 1, -1]]])
def test_leave_one_out_refuses_what_it_cannot_split_or_find(walks: list[list[int]]) -> None:
    """A sequence needs three items, each of the catalogue."""
    content = ItemContent(labels=[()] * 3, texts=[""] * 3)

    with pytest.raises(ValueError, match=r"at least 3|not within 0 to 2"):
        leave_one_out(walks, content)


def late_knowledge() -> list[list[int]]:
    """Return sequences in which 1 follows 0 in the last but one place of some, and in the last of others."""
    random = np.random.default_rng(0)
    teachers = [[int(random.integers(2, 60)), 0, 1, int(random.integers(2, 60))] for _ in range(60)]
    pupils = [[*(int(item) for item in random.integers(2, 60, 2)), 0, 1] for _ in range(60)]
    return teachers + pupils


@pytest.mark.parametrize(("protocol", "least", "most"), [("strict", 0.0, 0.15), ("refit", 0.45, 1.0)])
def test_only_refit_counts_the_last_item_but_one(protocol: Protocol, least: float, most: float) -> None:
    """What only those items show is not known to a strictly fitted model."""
    assert least <= leave_one_out(late_knowledge(), protocol=protocol).recall_at_5 <= most


@pytest.mark.parametrize("protocol", ["strict", "refit"])
def test_the_last_item_but_one_is_in_the_history(protocol: Protocol) -> None:
    """Where it alone says what comes next, the next item is found."""
    random = np.random.default_rng(0)
    starts = random.integers(0, 30, (200, 2)) * 2
    walks = [[int(first), int(first) + 1, int(second), int(second) + 1] for first, second in starts]
    walks = [walk for walk in walks if walk[0] != walk[2]]

    assert leave_one_out(walks, protocol=protocol).recall_at_5 > 0.9


@pytest.mark.parametrize("protocol", ["strict", "refit"])
def test_the_measures_are_those_of_the_lists(protocol: Protocol) -> None:
    """Recall, NDCG and coverage equal a direct count; what a sequence holds is not recommended."""
    starts = np.random.default_rng(1).integers(0, 40, 80)
    walks = [[int(start + step) % 40 for step in range(5)] for start in starts]
    events = Events(
        user=np.repeat(np.arange(80, dtype=np.int32), 4),
        item=np.array([item for walk in walks for item in walk[:-1]], dtype=np.int32),
        time=np.tile(np.arange(4, dtype=np.int64), 80),
        weight=np.ones(320, dtype=np.float32),
        n_users=80,
        n_items=40,
    )
    known = Histories.of(events)
    described = ItemContent(labels=[()] * 40, texts=[""] * 40)
    model = Recommender.fit(known, described, refit=protocol == "refit")

    def unseen(user: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return ~np.isin(np.arange(40), walks[user][:-1])

    rankings = model.rank(Profiles.of(known), np.arange(80), 10, unseen)
    lists = [ranking.items.tolist() for ranking in rankings]
    places = [lst.index(walk[-1]) if walk[-1] in lst else 99 for lst, walk in zip(lists, walks, strict=True)]

    result = leave_one_out(walks, described, protocol=protocol)

    assert result.recall_at_5 == pytest.approx(np.mean([place < 5 for place in places]))
    assert result.recall_at_10 == pytest.approx(np.mean([place < 10 for place in places]))
    gain = [1 / np.log2(place + 2) if place < 10 else 0 for place in places]
    assert result.ndcg_at_10 == pytest.approx(np.mean(gain))
    assert result.coverage_at_5 == len({item for lst in lists for item in lst[:5]}) / 40


def rare_items() -> tuple[list[list[int]], ItemContent]:
    """Return sequences within one of ten categories of 60 items, each of which occurs about once."""
    random = np.random.default_rng(0)
    walks = [
        [int(kind * 60 + item) for item in random.permutation(60)[:4]] for kind in random.integers(0, 10, 150)
    ]
    labels = [[f"kind{item // 60}"] for item in range(600)]
    return walks, ItemContent(labels=labels, texts=[""] * 600)


def test_labels_help_where_items_are_rare() -> None:
    """What no other sequence shows is found by its category."""
    walks, labelled = rare_items()
    unlabelled = ItemContent(labels=[()] * 600, texts=[""] * 600)

    with_labels, without = (leave_one_out(walks, content) for content in (labelled, unlabelled))

    assert with_labels.recall_at_10 > 2 * without.recall_at_10


def test_the_same_sequences_give_the_same_figures() -> None:
    """Nothing but the clock differs between two runs."""

    def figures(result: LeaveOneOut) -> tuple[float, ...]:
        return (
            result.recall_at_5,
            result.ndcg_at_5,
            result.recall_at_10,
            result.ndcg_at_10,
            result.coverage_at_5,
        )

    walks, labelled = rare_items()

    assert figures(leave_one_out(walks, labelled)) == figures(leave_one_out(walks, labelled))
