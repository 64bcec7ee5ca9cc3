"""Amazon Comprehend's `BatchDetectSentiment`, within the account's quotas."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aiolimiter import AsyncLimiter
from botocore.exceptions import ClientError

from sentiment.domain.documents import Document
from sentiment.domain.scores import Score
from shared.batches import batches
from shared.errors import error_code, is_transient
from shared.models import Sentiment, SentimentScores
from shared.telemetry import get_logger

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient
    from types_aiobotocore_comprehend.literals import LanguageCodeType
    from types_aiobotocore_comprehend.type_defs import SentimentScoreTypeDef

MAX_DOCUMENTS = 25
log = get_logger()


class Comprehend:
    """Scores documents in calls of 25; one document's failure never costs its neighbours their score."""

    def __init__(
        self,
        client: "ComprehendClient",
        *,
        language: "LanguageCodeType",
        calls_per_s: float,
        parallel_calls: int,
    ) -> None:
        self._client = client
        self._language = language
        self._rate = AsyncLimiter(1, 1 / calls_per_s)
        self._parallel = asyncio.Semaphore(parallel_calls)

    async def score(self, documents: Sequence[Document]) -> dict[str, Score]:
        """Return a score, or an error, for every document, by review id.

        Throttling and faults of the whole service are raised, for the message to come back later.
        """
        scored = await asyncio.gather(
            *(self._score_batch(batch) for batch in batches(documents, MAX_DOCUMENTS))
        )
        return {review_id: score for batch in scored for review_id, score in batch.items()}

    async def _score_batch(self, batch: Sequence[Document]) -> dict[str, Score]:
        try:
            async with self._parallel, self._rate:
                reply = await self._client.batch_detect_sentiment(
                    TextList=[document.text for document in batch], LanguageCode=self._language
                )
        except ClientError as error:
            if is_transient(error):
                raise
            log.warning("batch_refused", code=error_code(error), documents=len(batch))
            return {document.review_id: await self._score_one(document) for document in batch}
        scores = {
            batch[result["Index"]].review_id: _score(result["Sentiment"], result["SentimentScore"])
            for result in reply["ResultList"]
        }
        for failed in reply["ErrorList"]:
            document = batch[failed["Index"]]
            log.warning("document_failed", review_id=document.review_id, code=failed["ErrorCode"])
            scores[document.review_id] = await self._score_one(document)
        return scores

    async def _score_one(self, document: Document) -> Score:
        """Try a document by itself; what Comprehend refuses for good becomes its error."""
        try:
            async with self._parallel, self._rate:
                reply = await self._client.detect_sentiment(Text=document.text, LanguageCode=self._language)
        except ClientError as error:
            if is_transient(error):
                raise
            return Score(error=error_code(error))
        return _score(reply["Sentiment"], reply["SentimentScore"])


def _score(label: str, scores: "SentimentScoreTypeDef") -> Score:
    return Score(
        sentiment=Sentiment(label),
        scores=SentimentScores(
            positive=_fraction(scores.get("Positive", 0.0)),
            negative=_fraction(scores.get("Negative", 0.0)),
            neutral=_fraction(scores.get("Neutral", 0.0)),
            mixed=_fraction(scores.get("Mixed", 0.0)),
        ),
    )


def _fraction(value: float) -> float:
    """Single-precision confidences may lie a hair outside 0..1."""
    return min(1.0, max(0.0, value))
