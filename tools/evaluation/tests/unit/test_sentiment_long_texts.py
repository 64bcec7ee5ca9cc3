"""Texts that are longer than a call takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.contracts.records import Sentiment, SentimentScores
from encore.evaluation.sentiment.long_texts import chunks, combined
from encore.sentiment.domain.scores import Score


def scored(positive: float, negative: float, neutral: float = 0.0) -> Score:
    """A score with its highest label."""
    scores = SentimentScores(positive=positive, negative=negative, neutral=neutral, mixed=0.0)
    return Score(sentiment=Sentiment.POSITIVE if positive > negative else Sentiment.NEGATIVE, scores=scores)


@given(text=st.text(alphabet="ab é😀\n", max_size=60))
def test_chunks_fit_and_lose_no_word(text: str) -> None:
    """Words are cut only where one is too long by itself."""
    found = chunks(text, max_bytes=12)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(len(chunk.encode()) <= 12 for chunk in found)


def test_chunks_end_between_words() -> None:
    """As full as possible; a short text stays as it is."""
    assert chunks("one two three", max_bytes=8) == ["one two", "three"]
    assert chunks("one two", max_bytes=8) == ["one two"]


def test_scores_of_chunks_are_weighted_by_length() -> None:
    """(3 * 0.8 + 1 * 0.4) / 4."""
    found = combined([scored(0.8, 0.0, 0.2), scored(0.4, 0.0, 0.6)], [3, 1])
    assert found.sentiment is Sentiment.POSITIVE
    assert found.scores is not None
    assert (found.scores.positive, found.scores.neutral) == pytest.approx((0.7, 0.3))


def test_chunks_that_contradict_each_other_are_mixed() -> None:
    """Half praise, half blame."""
    found = combined([scored(1.0, 0.0), scored(0.0, 1.0)], [5, 5])
    assert found.sentiment is Sentiment.MIXED
    assert found.scores == SentimentScores(positive=0, negative=0, neutral=0, mixed=1)


def test_a_text_with_an_unscored_chunk_is_unscored() -> None:
    """Part of a review is not the review."""
    failed = Score(error="InternalServerException")
    assert combined([scored(1.0, 0.0), failed], [5, 5]) == failed
