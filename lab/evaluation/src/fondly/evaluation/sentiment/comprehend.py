"""Scores texts with Amazon Comprehend, which costs money: what it will cost, and the calls."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from fondly.evaluation.sentiment.scoring import Engine
from fondly.runtime.batches import batches
from fondly.runtime.runs.pricing import cost_usd
from fondly.sentiment.domain.scores import Score, score_of
from fondly.sentiment.domain.texts import Text, chunks

if TYPE_CHECKING:
    from types_boto3_comprehend.client import ComprehendClient
    from types_boto3_comprehend.literals import LanguageCodeType

TEXTS_PER_CALL = 25


def estimated_usd(texts: Iterable[str]) -> Decimal:
    """Return what scoring these texts costs at list prices: 100 characters a unit, at least three a text."""
    units = sum(Text(chunk.words, "", "").units for text in texts for chunk in chunks(text))
    return cost_usd({"comprehend.units": Decimal(units)})["total"]


def comprehend(client: "ComprehendClient", language: "LanguageCodeType") -> Engine:
    """Score in calls of 25 texts; one that is rejected gets its error. Raises the SDK's errors."""

    def score(texts: Sequence[str]) -> list[Score]:
        return [each for batch in batches(texts, TEXTS_PER_CALL) for each in _scored(client, batch, language)]

    return score


def _scored(client: "ComprehendClient", batch: Sequence[str], language: "LanguageCodeType") -> list[Score]:
    reply = client.batch_detect_sentiment(TextList=batch, LanguageCode=language)
    failed = {each["Index"]: Score(error=each["ErrorCode"]) for each in reply["ErrorList"]}
    found = failed | {each["Index"]: score_of(each) for each in reply["ResultList"]}
    return [found[index] for index in range(len(batch))]
