"""Scores reviews as the sentiment service does, with the model of its stand-in."""

from collections.abc import Sequence

from encore.contracts.records import Customer, ProductSentiment, ScoredReview
from encore.evaluation.sentiment.scoring import score_of
from encore.sentiment.domain.documents import documents
from encore.sentiment.domain.scores import ProductTally, Score
from understudy.engines.sentiment import SentimentModel


def score_texts(customers: Sequence[Customer]) -> dict[str, Score]:
    """Return the scores of every review that has text, by review id."""
    texts = documents(customers)
    found = SentimentModel.load().score([text.text for text in texts])
    return {text.review_id: score_of(each) for text, each in zip(texts, found, strict=True)}


def total_products(scored: Sequence[ScoredReview]) -> list[ProductSentiment]:
    """Return the totals of each reviewed product."""
    tally = ProductTally()
    tally.add(scored)
    return tally.products()
