"""Features that a person writes."""

import pytest

from fondly.mailer.domain.facts.edited_features import UnfitFeatureError, edited_features, sellers_words
from fondly.mailer.domain.words.lists import WordLists

ENGLISH = WordLists.load("en")


def test_a_persons_features_are_kept_as_written() -> None:
    """On one line each, without repeats, in their order; the catalogue need not have the words."""
    found = edited_features(["deep  bass", "USB3 port", "soft ear-cushions", "deep bass"], ENGLISH)
    assert found == ("deep bass", "USB3 port", "soft ear-cushions")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("12 hours of play", "a figure"),
        ("two year cover", "a figure"),
        ("half the price ₹", "a figure"),
        ("mp300 player", "a figure"),
        ("<b>bold</b> sound", "markup"),
        ("{1.price} bass", "markup"),
        ("see evil.example", "a link"),
        ("write to a@b", "a link"),
        ("a bass that goes on for ever and even further", "45 characters, expected at most 40"),
        ("deep bass!", "expected words of letters"),
        ("", "expected words of letters"),
    ],
)
def test_what_cannot_stand_in_an_email_is_refused_with_the_reason(text: str, problem: str) -> None:
    """The message quotes the feature."""
    with pytest.raises(UnfitFeatureError) as refused:
        edited_features(["soft light", text], ENGLISH)
    assert str(refused.value).startswith(f"{text!r}: {problem}")


@pytest.mark.parametrize("count", [0, 7])
def test_a_product_has_one_to_six_features(count: int) -> None:
    """An email offers no more slots."""
    with pytest.raises(UnfitFeatureError, match=f"found {count} features, expected 1 to 6"):
        edited_features([f"light {'abcdefg'[number]}" for number in range(count)], ENGLISH)


def test_sellers_words_are_pointed_out() -> None:
    """They are stored all the same: a person decides."""
    assert sellers_words(edited_features(["best sound", "soft light"], ENGLISH), ENGLISH) == ["best"]
