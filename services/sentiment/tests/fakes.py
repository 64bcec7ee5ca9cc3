"""A scorer in memory, for tests."""

import asyncio
from collections.abc import Sequence

from encore.contracts.records import Sentiment, SentimentScores
from encore.sentiment.domain.documents import Document
from encore.sentiment.domain.scores import Keep, Score

POSITIVE = Score(Sentiment.POSITIVE, SentimentScores(positive=1, negative=0, neutral=0, mixed=0))


class InMemoryScorer:
    """Scores every document as positive, one per call, and records which it was asked for.

    `failures` holds the error to raise, once, in place of a document's score.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failures: dict[str, Exception] = {}

    async def score(self, documents: Sequence[Document], *, keep: Keep) -> None:
        """Score one document after the other."""
        for document in documents:
            if failure := self.failures.pop(document.review_id, None):
                raise failure
            self.asked.append(document.review_id)
            await asyncio.sleep(0)
            await keep({document.review_id: POSITIVE})
