"""What the values of a label column mean."""

import pytest

from fondly.contracts.records import Sentiment
from fondly.evaluation.sentiment.labels import Labels, read_map

POSITIVE, NEGATIVE, NEUTRAL, MIXED = (
    Sentiment.POSITIVE,
    Sentiment.NEGATIVE,
    Sentiment.NEUTRAL,
    Sentiment.MIXED,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("POSITIVE", POSITIVE),
        ("Pos", POSITIVE),
        (" negative ", NEGATIVE),
        ("NEG", NEGATIVE),
        ("neutral", NEUTRAL),
        ("Mixed", MIXED),
        ("conflict", MIXED),
        ("good", None),
        ("", None),
    ],
)
def test_names_in_any_case_and_short_forms(value: str, expected: Sentiment | None) -> None:
    """Anything else means nothing."""
    assert Labels([value], {}).sentiment(value) is expected


def test_stars_in_the_ways_people_write_them() -> None:
    """Half stars are between two labels, so they mean nothing."""
    written = {
        "1": NEGATIVE,
        "2.0": NEGATIVE,
        "3 stars": NEUTRAL,
        "4/5": POSITIVE,
        "5.0 out of 5 stars": POSITIVE,
        "★★☆☆☆": NEGATIVE,
        "3.5": None,
        "0": None,
    }
    labels = Labels(written, {})
    assert {value: labels.sentiment(value) for value in written} == written


@pytest.mark.parametrize("values", [["0", "1"], ["-1", "1"], ["1"], ["1", "10"]])
def test_numbers_that_are_not_stars_mean_nothing(values: list[str]) -> None:
    """With 0 and 1 for negative and positive, 1 must not be read as one star."""
    labels = Labels(values, {})
    assert [labels.sentiment(value) for value in values] == [None] * len(values)


def test_what_a_person_says_comes_first() -> None:
    """Whatever case and whatever zeros; an empty label leaves rows out; the rest are still stars."""
    labels = Labels(["5", "4.0", "3", "Bof"], read_map(["4=neutral", "3=", "bof=NEG"]))
    found = [labels.sentiment(value) for value in ("5", "4.0", "3", "Bof")]
    assert found == [POSITIVE, NEUTRAL, None, NEGATIVE]


def test_0_and_1_with_their_meaning() -> None:
    """The common form of two-class sets."""
    labels = Labels(["0", "1"], read_map(["0=NEGATIVE", "1=pos"]))
    assert [labels.sentiment(value) for value in ("0", "1")] == [NEGATIVE, POSITIVE]


def test_a_value_may_hold_an_equals_sign() -> None:
    """The last one divides."""
    assert read_map(["a=b=POS"]) == {"a=b": POSITIVE}


@pytest.mark.parametrize("word", ["1", "1=good", "POSITIVE"])
def test_a_malformed_meaning_is_refused(word: str) -> None:
    """And named."""
    with pytest.raises(ValueError, match=f"'{word}' is not VALUE=LABEL"):
        read_map([word])
