"""Scores reviews as the sentiment service does, with the model of its stand-in."""

from collections.abc import Sequence

from encore.contracts.records import Customer, ProductSentiment, ScoredReview, Sentiment, SentimentScores
from encore.sentiment.domain.documents import documents
from encore.sentiment.domain.scores import ProductTally, Score
from understudy.engines.sentiment import Scores, SentimentModel


def score_texts(customers: Sequence[Customer]) -> dict[str, Score]:
    """Return the scores of every review that has text, by review id."""
    texts = documents(customers)
    found = SentimentModel.load().score([text.text for text in texts])
    return {text.review_id: _score(each) for text, each in zip(texts, found, strict=True)}


def total_products(scored: Sequence[ScoredReview]) -> list[ProductSentiment]:
    """Return the totals of each reviewed product."""
    tally = ProductTally()
    tally.add(scored)
    return tally.products()


def _score(found: Scores) -> Score:
    members = {name: getattr(found, name) for name in SentimentScores.model_fields}
    return Score(sentiment=Sentiment(found.label), scores=SentimentScores(**members))
