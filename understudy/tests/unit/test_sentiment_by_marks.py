"""The sentiment of ratings, stars, emoji and smileys."""

import pytest

from understudy.engines.sentiment.by_marks import score_by_marks


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Sehr gut 5/5", "POSITIVE"),
        ("4,5 / 5", "POSITIVE"),
        ("10/10", "POSITIVE"),
        ("2/10 nunca más", "NEGATIVE"),
        ("3/5", "NEUTRAL"),
        ("★★★★★", "POSITIVE"),
        ("★★☆☆☆ naja", "NEGATIVE"),
        ("⭐\ufe0f⭐\ufe0f⭐\ufe0f⭐\ufe0f", "POSITIVE"),
        ("⭐⭐", "NEGATIVE"),
        ("とても良い 👍🏽", "POSITIVE"),
        ("कूड़ा 😡😡", "NEGATIVE"),
        ("gut :-) aber teuer :(", "MIXED"),
        ("🥰 … 💔", "MIXED"),
        ("5/5 👎", "MIXED"),
    ],
)
def test_marks_decide(text: str, label: str) -> None:
    """A rating of seven tenths praises, of a half blames; both beside each other are mixed."""
    assert score_by_marks(text).label == label


@pytest.mark.parametrize(
    "text", ["", "Das Kabel ist schwarz", "am 3/5/2024", "1/2 kg", "11/10", "7/8/5", "⭐ neu", "12:30"]
)
def test_text_without_marks_is_neutral_with_a_low_score(text: str) -> None:
    """Dates, fractions and a single star for decoration are no ratings."""
    scores = score_by_marks(text)
    assert scores.label == "NEUTRAL"
    assert scores.neutral == pytest.approx(0.4)


@pytest.mark.parametrize("text", ["5/5", "no marks", "👍👎"])
def test_scores_add_up_to_one(text: str) -> None:
    """They are probabilities, as the model's are."""
    scores = score_by_marks(text)
    assert scores.positive + scores.negative + scores.neutral + scores.mixed == pytest.approx(1)
