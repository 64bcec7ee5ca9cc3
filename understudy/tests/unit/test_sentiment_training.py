"""The texts that the sentiment model is trained on; training itself needs libraries that tests do without."""

import random
from collections import Counter

import pytest

from sentiment_training.challenge import cases
from sentiment_training.corpus import Row, certain, cleaned
from sentiment_training.pseudo import pseudo_reviews
from sentiment_training.verdicts import misspelt, verdicts

SEED = 7


def plain(text: str) -> str:
    """Return the text without what does not tell two verdicts apart."""
    return " ".join(text.casefold().split()).rstrip(".! ")


@pytest.fixture(scope="module")
def written() -> list[Row]:
    """Return the verdicts written for training."""
    return verdicts(SEED)


def test_no_challenge_text_is_trained_on(written: list[Row]) -> None:
    """Whatever the patterns could make: the challenge set stays unseen."""
    challenged = {plain(case.text) for case in cases()}
    assert not challenged & {plain(row.text) for row in written}


def test_verdicts_are_many_and_of_every_class(written: list[Row]) -> None:
    """Each text once, with every pattern and slot filled in."""
    texts = [row.text for row in written]
    assert len(set(texts)) == len(texts) > 2_000
    assert not [text for text in texts if set("[]{}|") & set(text)]
    assert set(Counter(row.label for row in written)) == {"MIXED", "NEGATIVE", "NEUTRAL", "POSITIVE"}


def test_the_same_seed_makes_the_same_texts(written: list[Row]) -> None:
    """Training can be repeated."""
    assert verdicts(SEED) == written
    assert pseudo_reviews(written, 50, SEED) == pseudo_reviews(written, 50, SEED)


def test_pseudo_reviews_are_of_one_mind_or_mixed(written: list[Row]) -> None:
    """At most 70 words each; their shares add up to 1 and follow what they were joined from."""
    reviews = pseudo_reviews(written, 300, SEED)
    assert max(len(row.text.split()) for row in reviews) <= 70
    assert all(sum(row.shares) == pytest.approx(1) for row in reviews)
    assert {"MIXED", "NEGATIVE", "NEUTRAL", "POSITIVE"} == {row.label for row in reviews}


def test_a_slip_changes_one_longer_word() -> None:
    """A misspelt text keeps its words but one."""
    rng = random.Random(SEED)  # noqa: S311 - the same slips every time
    text = "a really good charger"
    for _ in range(50):
        words = misspelt(text, rng).split()
        assert sum(old != new for old, new in zip(text.split(), words, strict=True)) <= 1


def test_lists_of_faults_that_say_there_are_none_are_left_out() -> None:
    """They would teach that praise is blame."""
    good = [Row(f"great screen and battery {n}", certain("POSITIVE"), "pros") for n in range(20)]
    bad = [Row(f"poor screen and battery {n}", certain("NEGATIVE"), "cons") for n in range(20)]
    plain_facts = [Row(f"it has a screen and a battery {n}", certain("NEUTRAL"), "liu") for n in range(20)]
    none = [
        Row(text, certain("NEGATIVE"), "cons") for text in ("None", "no complaints yet", "nothing to report")
    ]
    kept = cleaned([*good, *bad, *plain_facts, *none], SEED)
    assert not set(none) & set(kept)
    assert set(bad) <= set(kept)
