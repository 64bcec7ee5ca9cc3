"""Reads texts as the sentiment service does, with the model of its stand-in."""

from collections.abc import Iterable, Sequence

from fondly.contracts.records import Customer, Opinion, ProductSentiment, ScoredReview, SharedText
from fondly.evaluation.sentiment.scoring import score_texts, understudy
from fondly.sentiment.domain.documents import documents
from fondly.sentiment.domain.readings import Reading, review_opinions
from fondly.sentiment.domain.totals import product_sentiment


def read_texts(customers: Sequence[Customer], shared_texts: Sequence[SharedText]) -> dict[str, Reading]:
    """Return the sentiment of every document, by its words; identical documents are scored once."""
    words = [document.words for document in documents(customers, shared_texts)]
    return {each: Reading(score) for each, score in zip(words, score_texts(words, understudy()), strict=True)}


def total_products(scored: Iterable[ScoredReview], shared: Iterable[Opinion]) -> list[ProductSentiment]:
    """Return the totals of each product that somebody wrote about."""
    by_product: dict[str, list[Opinion]] = {}
    for opinion in (*review_opinions(scored), *shared):
        by_product.setdefault(opinion.product_id, []).append(opinion)
    return [product_sentiment(product_id, opinions) for product_id, opinions in sorted(by_product.items())]
