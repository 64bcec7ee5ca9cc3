import json
from pathlib import Path

import numpy as np
import pytest

from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sequences import baselines
from fondly.evaluation.sequences.protocol import Protocol, Task, places
from fondly.evaluation.sequences.reading import read_attributes, read_sequences
from fondly.evaluation.sequences.report import evaluate_baselines, evaluate_sequences, floors_of, task_of

KEYS = [
    *("recall@5", "ndcg@5", "recall@10", "ndcg@10", "coverage@5"),
    *("fit_seconds", "score_seconds", "users", "items", "peak_rss_mb"),
]


def written(folder: Path, text: str | bytes, name: str = "sequences.txt") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture
def chains(tmp_path: Path) -> Path:
    """Users who walk along a ring of 30 items, six steps each: the next item follows from the last."""
    lines = [
        f"u{user} " + " ".join(f"i{(user + step) % 30}" for step in range(6)) + "\n" for user in range(60)
    ]
    return written(tmp_path, "".join(lines))


def test_items_keep_their_order_and_short_users_are_counted(tmp_path: Path) -> None:
    """The oldest item is first; a user with two items is left out, and blank lines say nothing."""
    found = read_sequences(written(tmp_path, "1 a b c d\n\n2 b x\n3 c a b\n"))
    assert [[found.items[code] for code in user] for user in found.users] == [
        ["a", "b", "c", "d"],
        ["c", "a", "b"],
    ]
    assert found.left_out == 1
    assert "x" not in found.items


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 a b c\n2\n", "line 2: found '2', expected `user item item ...`"),
        ("1 a b c\n1 a b d\n", "line 2: user '1' already has line 1, expected one"),
        (b"1 a b c\n2 a \xff c\n", "line 2: not UTF-8, expected a text file"),
        ("1 a\n2 b\n", "no user has 3 items, expected lines of `user item item ...`"),
        ("", "no user has 3 items"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    """The message says what was found and what is expected."""
    path = written(tmp_path, text)
    with pytest.raises(EvaluationError) as raised:
        read_sequences(path)
    assert str(raised.value).startswith(str(path))
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"1": [1,\n}', "line 2: not JSON"),
        ("[1, 2]", "found a list, expected a JSON object"),
        ('{"7": 5}', "item '7' has a number, expected a list of ids"),
        ('{"7": [null]}', "item '7' has a list, expected a list of ids"),
    ],
)
def test_malformed_attributes_are_named(tmp_path: Path, text: str, message: str) -> None:
    """With the item or the line."""
    with pytest.raises(EvaluationError, match=r"attributes\.json") as raised:
        read_attributes(written(tmp_path, text, "attributes.json"))
    assert message in str(raised.value)


def test_attributes_belong_to_their_items(tmp_path: Path) -> None:
    """Integer ids become strings; an item without attributes has none."""
    sequences = read_sequences(written(tmp_path, "1 a b c\n"))
    attributes = read_attributes(written(tmp_path, json.dumps({"b": [4, "x"]}), "attributes.json"))
    assert sequences.labels(attributes) == [(), ["4", "x"], ()]


def test_strict_fits_neither_of_the_last_two_items() -> None:
    """The last but one is known at test time; refit also fits it; the last is known to neither."""
    users = [[0, 1, 2, 3]]
    strict, refit = (Task.of(users, 5, protocol) for protocol in Protocol)
    assert strict.fitted.nonzero()[1].tolist() == [0, 1]
    assert refit.fitted.nonzero()[1].tolist() == [0, 1, 2]
    for task in (strict, refit):
        assert task.history.nonzero()[1].tolist() == [0, 1, 2]
        assert task.target.tolist() == [3]


def test_seen_items_are_not_ranked_and_ties_keep_the_order_of_items() -> None:
    """The best score of all is of no use to a user who has the item."""
    task = Task.of([[0, 1, 2, 3]], 6, Protocol.STRICT)
    lists = task.top(lambda _: np.array([[9, 9, 9, 1, 2, 1]]), 3)
    assert lists.tolist() == [[4, 3, 5]]
    assert places(lists, task.target).tolist() == [1]


def test_an_absent_item_has_no_place() -> None:
    """It counts for no cut."""
    assert places(np.array([[4, 5]]), np.array([3])).tolist() == [np.inf]


def test_popularity_recommends_what_most_users_have() -> None:
    """Of the fitted items, without those of the user."""
    task = Task.of([[0, 1, 5, 6], [0, 2, 5, 6], [0, 2, 1, 6]], 7, Protocol.STRICT)
    assert baselines.popularity(task)(1).tolist() == [[2], [1], [3]]


def test_item_knn_recommends_what_is_held_together() -> None:
    """Item 1 is had with item 0, item 3 with item 2."""
    pairs = [[0, 1, 4, 5], [0, 1, 4, 5], [2, 3, 4, 5], [2, 3, 4, 5], [0, 6, 4, 1], [2, 7, 4, 3]]
    lists = baselines.item_knn(Task.of(pairs, 8, Protocol.STRICT))(1)
    assert lists[4:].ravel().tolist() == [1, 3]


@pytest.mark.skipif(not baselines.has_implicit(), reason="the extra baselines is not installed")
def test_als_recommends_unseen_items_and_repeats_itself(chains: Path) -> None:
    """The same data gives the same lists."""
    task = task_of(read_sequences(chains), Protocol.STRICT)
    first, second = (baselines.als(task)(5) for _ in range(2))
    assert first.tolist() == second.tolist()
    seen = [set(task.history[user].indices.tolist()) for user in range(60)]
    assert all(known.isdisjoint(found) for known, found in zip(seen, first.tolist(), strict=True))


def test_als_is_left_out_where_its_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other baselines run without it."""
    monkeypatch.setattr(baselines, "find_spec", lambda _: None)
    assert list(baselines.available()) == ["popularity", "item-kNN"]


@pytest.mark.parametrize("protocol", Protocol)
def test_the_engine_learns_which_item_comes_next(chains: Path, protocol: Protocol) -> None:
    """On a ring the held-out item is nearly always in the list, which popularity cannot know."""
    sequences = read_sequences(chains)
    report = evaluate_sequences(sequences, {}, protocol)
    beside = evaluate_baselines(sequences, protocol)
    assert report.recall_at_5 > 0.9 > beside["popularity"].recall_at_5
    assert (report.users, report.items) == (60, 30)


def test_the_report_has_exactly_the_documented_keys(chains: Path) -> None:
    """Other programs read them."""
    report = evaluate_sequences(read_sequences(chains), {}, Protocol.STRICT)
    assert sorted(report.model_dump(mode="json")) == sorted(KEYS)
    assert report.peak_rss_mb > 1


def test_published_data_sets_have_floors() -> None:
    """By the name of the file, wherever it is."""
    assert floors_of(Path("any/Beauty.txt")) == {"recall@5": 0.078, "ndcg@10": 0.066}
    assert floors_of(Path("mine.txt")) == {}
