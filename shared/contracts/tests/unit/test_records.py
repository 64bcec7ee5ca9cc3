"""The texts that are scored, and what is counted of them."""

import pytest

from fondly.contracts.records import (
    LIKED_FROM,
    AspectCount,
    Review,
    SentimentScores,
    SentimentSummary,
    SharedText,
)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Good", "Works well", "Good. Works well"),
        ("Good!", " Works\n\nwell\u2028too ", "Good! Works well too"),
        (None, "Works", "Works"),
        ("  ", None, ""),
        ("बहुत अच्छा।", "हाँ", "बहुत अच्छा। हाँ"),
    ],
)
def test_a_review_is_scored_as_one_line(title: str | None, text: str | None, expected: str) -> None:
    """A job reads one document per line, so nothing that ends a line may be left in a document."""
    assert Review(review_id="R", product_ids=("P",), title=title, text=text).document == expected


def test_equal_words_are_the_same_shared_text_in_every_run() -> None:
    """Whitespace does not make another text; other words do."""
    first, again, other = (
        SharedText(product_id="P", text=text) for text in ("Works well", " Works  well ", "Works")
    )
    assert first.text_id == again.text_id != other.text_id


@pytest.mark.parametrize(("negative", "is_liking"), [(0.0, True), (0.01, False)])
def test_a_liking_is_clearly_positive(negative: float, *, is_liking: bool) -> None:
    """The polarity decides; its bound belongs to the likings."""
    scores = SentimentScores(positive=LIKED_FROM, negative=negative, neutral=0, mixed=0)
    assert scores.is_liking is is_liking


def test_shares_and_mentions_add_up() -> None:
    """What reports show follows from the counts."""
    assert AspectCount(aspect="strap", praised=2, blamed=1, neutral=3).mentions == 6
    assert SentimentSummary(texts=8, scored=6, empty=1).unscored_share == 0.25
    assert SentimentSummary(texts=0, scored=0, empty=0).unscored_share == 0.0
