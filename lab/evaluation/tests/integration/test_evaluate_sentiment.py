"""`fondly evaluate sentiment`: labelled files, the challenge set, and a catalogue's ratings."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fondly.evaluation.sample import write_sample
from fondly.evaluation.sentiment import challenge
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from tools.cli.tests.conftest import Fondly

TEXTS = [
    ("Excellent, works great.", "5"),
    ("Terrible, broke after a day.", "1"),
    ("I love it, perfect.", "4"),
    ("Awful, a waste of money.", "2"),
    ("", "5"),
    ("Fine.", "maybe"),
]
KEYS = {
    *("engine", "rows", "accuracy", "label_accuracy", "macro_f1", "macro_f1_labels"),
    *("expected_calibration_error", "told_liked", "reviews_per_cpu_second", "too_long", "errors"),
    *("readable_rows", "bad_rows", "first_bad_rows", "unmapped_labels", "confusion", "calibration"),
    "intervals",
}


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """Reviews with stars, one without words and one without a meaningful label."""
    path = tmp_path / "reviews.jsonl"
    path.write_text("".join(json.dumps({"text": text, "stars": stars}) + "\n" for text, stars in TEXTS))
    return path


@pytest.fixture
def words(reviews: Path) -> tuple[str, ...]:
    """The command that measures these reviews."""
    return ("evaluate", "sentiment", str(reviews), "--text", "text", "--label", "stars")


@pytest.fixture
def comprehend(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Understudy's server in Comprehend's place."""
    with UnderstudyServer() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_COMPREHEND", server.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield


def test_json_has_exactly_the_documented_keys(run_fondly: "Fondly", words: tuple[str, ...]) -> None:
    """On standard output, with nothing else; what is left out is told beside it."""
    answer = run_fondly(*words, "--json")
    assert answer.code == 0
    assert answer.json.keys() == KEYS
    assert (answer.json["rows"], answer.json["accuracy"]) == (4, 1.0)
    assert answer.json["macro_f1_labels"] == ["POSITIVE", "NEGATIVE"]
    assert f"{words[2]}, line 5: text is empty\n" in answer.err
    assert "rows left out by label: 'maybe' (1)\n" in answer.err


def test_json_in_a_file_leaves_the_tables_on_the_screen(
    run_fondly: "Fondly", words: tuple[str, ...], tmp_path: Path
) -> None:
    """Both have the same figures."""
    out = tmp_path / "report.json"
    answer = run_fondly(*words, "--json", str(out))
    assert "accuracy: positive or negative, by score" in answer.out
    assert json.loads(out.read_text()).keys() == KEYS


def test_a_label_can_be_given_a_meaning_or_left_out(run_fondly: "Fondly", words: tuple[str, ...]) -> None:
    """The file's own values, whatever they are."""
    found = run_fondly(*words, "--map", "maybe=NEU", "--map", "4=", "--json").json
    assert found["macro_f1_labels"] == ["POSITIVE", "NEGATIVE", "NEUTRAL"]
    assert found["unmapped_labels"] == {"4": 1}


def test_a_sample_says_what_it_is_drawn_from(run_fondly: "Fondly", words: tuple[str, ...]) -> None:
    """And the seed draws it."""
    answer = run_fondly(*words, "--sample", "2", "--seed", "3")
    assert answer.out.startswith("understudy: 2 of 4 rows\n")


@pytest.mark.usefixtures("comprehend")
def test_comprehend_is_paid_only_after_a_yes(
    run_fondly: "Fondly", words: tuple[str, ...], tmp_path: Path
) -> None:
    """The cost comes before the question; `--yes` answers it."""
    refused = run_fondly(*words, "--engine", "comprehend", answer="\n")
    assert (refused.code, refused.out) == (1, "")
    assert "Amazon Comprehend: 4 texts cost about $0.0012 at list prices\n" in refused.err
    assert refused.err.endswith("nothing scored\n")
    for more, answer in (((), "y\n"), (("--yes",), None)):
        out = tmp_path / "report.json"
        assert (
            run_fondly(*words, str(out), "--engine", "comprehend", "--json", *more, answer=answer).code == 0
        )
        found = json.loads(out.read_text())
        assert (found["engine"], found["accuracy"]) == ("comprehend", 1.0)
        assert found["reviews_per_cpu_second"] is None


@pytest.mark.usefixtures("comprehend")
def test_a_call_that_comprehend_refuses_is_one_line(run_fondly: "Fondly", words: tuple[str, ...]) -> None:
    """With its message."""
    answer = run_fondly(*words, "--engine", "comprehend", "--yes", "--language", "xx")
    assert answer.code == 1
    assert answer.err.splitlines()[-1].startswith("An error occurred (")


def test_vader_is_measured_alike(run_fondly: "Fondly", words: tuple[str, ...]) -> None:
    """For comparison."""
    pytest.importorskip("vaderSentiment", reason="the extra fondly-evaluation[baselines] is not installed")
    assert run_fondly(*words, "--engine", "vader", "--json").json["engine"] == "vader"


def test_the_challenge_set_is_shown_by_kind(
    run_fondly: "Fondly", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the texts that were not read right."""
    path = tmp_path / "challenge.jsonl"
    cases = [("I love it, perfect.", "POSITIVE", "plain"), ("Kodak tv is great", "NEUTRAL", "noun")]
    lines = (json.dumps({"text": text, "label": label, "kind": kind}) for text, label, kind in cases)
    path.write_text("\n".join(lines) + "\n")
    monkeypatch.setattr(challenge, "FILE", path)
    answer = run_fondly("evaluate", "sentiment", "--challenge")
    assert answer.code == 0
    assert "Kodak tv is great" in answer.out
    found = run_fondly("evaluate", "sentiment", "--challenge", "--json").json
    assert (found["accuracy"], found["kinds"]["plain"]["right"]) == (0.5, 1)


def test_texts_are_correlated_with_the_ratings_of_a_catalogue(run_fondly: "Fondly", tmp_path: Path) -> None:
    """A shop's own file, read as a run reads it."""
    path = tmp_path / "sample.csv"
    write_sample(path, customers=200, products=40)
    found = run_fondly("evaluate", "sentiment", str(path), "--ratings", "--json").json
    assert found["engines"]["understudy"]["all_products"]["pairs"] == found["rated_products"] > 10
    assert "Spearman's rho" in run_fondly("evaluate", "sentiment", str(path), "--ratings").out


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("{file}",),
        ("{file}", "--text", "text"),
        ("{file}", "--challenge"),
        ("{file}", "--ratings", "--label", "stars"),
        ("--challenge", "--sample", "3"),
        ("--ratings",),
        ("{file}", "--text", "text", "--label", "stars", "--map", "5=good"),
        ("{file}", "--text", "text", "--label", "stars", "--begin", "at"),
        ("{file}", "--text", "text", "--text", "title", "--label", "stars", "--term", "term"),
        ("{file}", "--text", "text", "--label", "stars", "--term", "term", "--engine", "vader"),
        ("{file}", "--text", "text", "--label", "stars", "--prior", "natural", "--engine", "comprehend"),
        ("{file}", "out.json", "--text", "text", "--label", "stars"),
    ],
)
def test_options_that_do_not_fit_together_are_wrong_usage(
    run_fondly: "Fondly", reviews: Path, more: tuple[str, ...]
) -> None:
    """Exit code 2."""
    given = [word.format(file=reviews) for word in more]
    assert run_fondly("evaluate", "sentiment", *given).code == 2


def test_a_file_that_cannot_be_used_is_one_line(run_fondly: "Fondly", reviews: Path) -> None:
    """And exit code 1; a missing member is missing in every row."""
    answer = run_fondly("evaluate", "sentiment", str(reviews), "--text", "words", "--label", "stars")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == f"{reviews}: no row can be used: line 1: there is no words\n"
