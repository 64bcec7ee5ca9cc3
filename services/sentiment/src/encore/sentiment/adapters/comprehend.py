"""Scores documents with Amazon Comprehend, within the account's quotas."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from encore.contracts.records import Sentiment, SentimentScores
from encore.runtime.adaptive_rate import Limiter
from encore.runtime.batches import batches
from encore.runtime.errors import error_code
from encore.runtime.logs import get_logger
from encore.runtime.parallel import for_each
from encore.sentiment.domain.documents import Document
from encore.sentiment.domain.scores import Keep, Score

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient
    from types_aiobotocore_comprehend.literals import LanguageCodeType
    from types_aiobotocore_comprehend.type_defs import (
        BatchDetectSentimentItemResultTypeDef,
        DetectSentimentResponseTypeDef,
    )

MAX_DOCUMENTS = 25
DOCUMENT_FAULTS = frozenset(
    {"InvalidRequestException", "TextSizeLimitExceededException", "ValidationException"}
)
"""Errors of the text itself. Any other, such as a missing permission, must not leave the text unscored."""
log = get_logger()


class ComprehendScorer:
    """Scores documents in calls of 25; one document's failure never affects the others in its call."""

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
        self._limiter = Limiter(calls_per_s)
        self._parallel_calls = parallel_calls
        self._parallel = asyncio.Semaphore(parallel_calls)

    async def score(self, documents: Sequence[Document], *, keep: Keep) -> None:
        """Pass `keep` a score or an error for every document, as the calls return.

        Raises errors that are not a document's own, such as throttling and server faults, after the calls in
        flight have returned and their scores have been passed on.
        """
        calls = batches(documents, MAX_DOCUMENTS)
        await for_each(calls, lambda batch: self._score_batch(batch, keep), parallel=self._parallel_calls)

    async def _score_batch(self, batch: Sequence[Document], keep: Keep) -> None:
        try:
            async with self._parallel:
                reply = await self._limiter.run(
                    lambda: self._client.batch_detect_sentiment(
                        TextList=[document.text for document in batch], LanguageCode=self._language
                    )
                )
        except ClientError as error:
            if error_code(error) not in DOCUMENT_FAULTS:
                raise
            log.warning("batch_rejected", code=error_code(error), documents=len(batch))
            await self._score_singly(batch, keep)
            return
        if found := {batch[result["Index"]].review_id: _scored(result) for result in reply["ResultList"]}:
            await keep(found)
        for failed in reply["ErrorList"]:
            log.warning("document_failed", code=failed["ErrorCode"])
        await self._score_singly([batch[failed["Index"]] for failed in reply["ErrorList"]], keep)

    async def _score_singly(self, documents: Sequence[Document], keep: Keep) -> None:
        """Score documents one by one; a text that Comprehend rejects gets an error instead of a score."""
        for document in documents:
            await keep({document.review_id: await self._score_one(document)})

    async def _score_one(self, document: Document) -> Score:
        try:
            async with self._parallel:
                reply = await self._limiter.run(
                    lambda: self._client.detect_sentiment(Text=document.text, LanguageCode=self._language)
                )
        except ClientError as error:
            if error_code(error) not in DOCUMENT_FAULTS:
                raise
            return Score(error=error_code(error))
        return _scored(reply)


def _scored(found: "BatchDetectSentimentItemResultTypeDef | DetectSentimentResponseTypeDef") -> Score:
    scores = found["SentimentScore"]
    return Score(
        sentiment=Sentiment(found["Sentiment"]),
        scores=SentimentScores(
            positive=_fraction(scores.get("Positive", 0.0)),
            negative=_fraction(scores.get("Negative", 0.0)),
            neutral=_fraction(scores.get("Neutral", 0.0)),
            mixed=_fraction(scores.get("Mixed", 0.0)),
        ),
    )


def _fraction(value: float) -> float:
    """Clamp a confidence: in single precision it may be slightly outside 0 to 1."""
    return min(1.0, max(0.0, value))
