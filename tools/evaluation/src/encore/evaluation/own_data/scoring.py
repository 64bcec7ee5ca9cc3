"""Scores reviews as the sentiment service does, with the model of its stand-in."""

from collections.abc import Iterable, Sequence

from encore.contracts.records import Customer, Opinion, ProductSentiment, ScoredReview, Sentiment, SharedText
from encore.sentiment.domain.documents import documents
from encore.sentiment.domain.readings import Reading, review_opinions
from encore.sentiment.domain.scores import Score, combined, confidences
from encore.sentiment.domain.texts import chunks
from encore.sentiment.domain.totals import product_sentiment
from understudy.engines.sentiment import Scores, SentimentModel


def read_texts(customers: Sequence[Customer], shared_texts: Sequence[SharedText] = ()) -> dict[str, Reading]:
    """Return the sentiment of every document, by its words; identical documents are scored once."""
    pieces = {one.words: chunks(one.words) for one in documents(customers, shared_texts)}
    model = SentimentModel.load()
    words = [chunk.words for found in pieces.values() for chunk in found]
    scores = iter(model.score(words))
    return {
        document: Reading(combined([(len(chunk.words), _score(next(scores))) for chunk in found]))
        for document, found in pieces.items()
    }


def total_products(scored: Iterable[ScoredReview], shared: Iterable[Opinion] = ()) -> list[ProductSentiment]:
    """Return the totals of each product that somebody wrote about."""
    by_product: dict[str, list[Opinion]] = {}
    for opinion in (*review_opinions(scored), *shared):
        by_product.setdefault(opinion.product_id, []).append(opinion)
    return [product_sentiment(product_id, opinions) for product_id, opinions in sorted(by_product.items())]


def _score(found: Scores) -> Score:
    scores = confidences(
        positive=found.positive, negative=found.negative, neutral=found.neutral, mixed=found.mixed
    )
    return Score(sentiment=Sentiment(found.label), scores=scores)
