"""Comprehend's `DetectSentiment` and `BatchDetectSentiment`.

Only English is modelled: Comprehend's other languages get `UnsupportedLanguageException` rather than invented
scores.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from understudy.wire.errors import ServiceError
from understudy.wire.service import Service

if TYPE_CHECKING:
    from understudy.engines.sentiment import Scores, SentimentModel
    from understudy.wire.service import Params

MAX_DOCUMENTS = 25
MAX_DOCUMENT_BYTES = 5_000
LANGUAGES = frozenset({"en"})


def create_service(model: SentimentModel) -> Service:
    """Return Comprehend, which scores texts with `model`, in threads: a batch takes some 20 ms."""

    async def detect_sentiment(params: Params) -> Params:
        _check_language(params)
        problem = _size_error(params["Text"])
        if problem:
            raise problem
        [scores] = await asyncio.to_thread(model.score, [params["Text"]])
        return _sentiment(scores)

    async def batch_detect_sentiment(params: Params) -> Params:
        _check_batch(params)
        problems = {n: _size_error(text) for n, text in enumerate(params["TextList"])}
        fitting = [n for n, problem in problems.items() if problem is None]
        scores = await asyncio.to_thread(model.score, [params["TextList"][n] for n in fitting])
        return {
            "ResultList": [{"Index": n, **_sentiment(each)} for n, each in zip(fitting, scores, strict=True)],
            "ErrorList": [_error_item(n, problem) for n, problem in problems.items() if problem],
        }

    return Service(
        "comprehend",
        {"DetectSentiment": detect_sentiment, "BatchDetectSentiment": batch_detect_sentiment},
    )


def _check_batch(params: Params) -> None:
    _check_language(params)
    if len(params["TextList"]) > MAX_DOCUMENTS:
        raise ServiceError(
            "BatchSizeLimitExceededException",
            f"The number of documents in the request exceeds the limit of {MAX_DOCUMENTS}. "
            "Try your request again with fewer documents.",
        )


def _check_language(params: Params) -> None:
    code = params["LanguageCode"]
    if code not in LANGUAGES:
        raise ServiceError(
            "UnsupportedLanguageException",
            f"Unsupported language code: {code}. understudy models only: en",
        )


def _size_error(text: str) -> ServiceError | None:
    size_bytes = len(text.encode(errors="surrogatepass"))
    if size_bytes <= MAX_DOCUMENT_BYTES:
        return None
    return ServiceError(
        "TextSizeLimitExceededException",
        "Input text size exceeds limit. Max length of request text allowed is "
        f"{MAX_DOCUMENT_BYTES} bytes while in this request the text size is {size_bytes} bytes",
    )


def _error_item(index: int, problem: ServiceError) -> Params:
    return {"Index": index, "ErrorCode": problem.code, "ErrorMessage": problem.message}


def _sentiment(scores: Scores) -> Params:
    return {
        "Sentiment": scores.label,
        "SentimentScore": {
            "Positive": scores.positive,
            "Negative": scores.negative,
            "Neutral": scores.neutral,
            "Mixed": scores.mixed,
        },
    }
