"""Idioms of short reviews are read in plain words."""

import pytest

from understudy.engines.sentiment import SentimentModel
from understudy.engines.sentiment.reading import tokens


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    """The packaged model."""
    return SentimentModel.load()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Must-buy!", "highly recommended !"),
        ("It was a game changer for us", "it was a excellent for us"),
        ("Save your time and money.", "waste of money ."),
        ("so so", "just average"),
        ("so so happy", "so so happy"),
        ("so so quality", "just average quality"),
        ("they must have sent a used one", "they must have sent a used one"),
        ("A must have for bikers", "a highly recommended for bikers"),
        ("This will save your money", "this will save your money"),
        ("so happy", "so happy"),
        ("bohot achha", "very accha"),
    ],
)
def test_only_the_words_of_an_idiom_are_replaced(text: str, plain: str) -> None:
    """Of two idioms that begin alike, the longer is found."""
    assert " ".join(tokens(text)) == plain


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Must have for every kitchen", "POSITIVE"),
        ("Buy it blindly", "POSITIVE"),
        ("not a must buy", "NEGATIVE"),
        ("paise barbad", "NEGATIVE"),
        ("Run of the mill kettle", "NEUTRAL"),
    ],
)
def test_idioms_say_what_people_mean(model: SentimentModel, text: str, label: str) -> None:
    """Also beside a negation."""
    assert model.score([text])[0].label == label
