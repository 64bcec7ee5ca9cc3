import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from encore.contracts.records import Sentiment, SentimentScores
from encore.sentiment.adapters.comprehend import ComprehendScorer
from encore.sentiment.domain.documents import Document
from encore.sentiment.domain.scores import Score, read_score, write_score

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient

SCORE = {"Positive": 0.9, "Negative": 0.05, "Neutral": 0.05, "Mixed": 0.0}
GLAD = {"Sentiment": "POSITIVE", "SentimentScore": SCORE}


def failure(code: str, status: int = 400) -> ClientError:
    """An AWS error."""
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item] # the relevant fields only
        "BatchDetectSentiment",
    )


class FakeComprehend:
    """Responds like Comprehend; texts that say so fail in a batch, on their own, or permanently."""

    def __init__(self, batch_failure: ClientError | None = None) -> None:
        self.batches: list[list[str]] = []
        self.singles: list[str] = []
        self.batch_failure = batch_failure
        self.single_failure: ClientError | None = None
        self.throttled_calls: set[int] = set()
        self.forbidden_calls: set[int] = set()

    async def batch_detect_sentiment(self, *, TextList: list[str], LanguageCode: str) -> dict[str, Any]:  # noqa: N803 - AWS's names
        """Score all but the texts that fail in a batch."""
        assert LanguageCode == "en"
        self.batches.append(TextList)
        if self.batch_failure:
            raise self.batch_failure
        if len(self.batches) in self.throttled_calls:
            raise failure("ThrottlingException")
        if len(self.batches) in self.forbidden_calls:
            raise failure("AccessDeniedException")
        await asyncio.sleep(0)
        bad = [index for index, text in enumerate(TextList) if "fails" in text]
        good = [index for index in range(len(TextList)) if index not in bad]
        return {
            "ResultList": [{"Index": index, **GLAD} for index in good],
            "ErrorList": [{"Index": index, "ErrorCode": "InternalServerException"} for index in bad],
        }

    async def detect_sentiment(self, *, Text: str, LanguageCode: str) -> dict[str, Any]:  # noqa: N803 - AWS's names
        """Score one text unless it says that it fails permanently."""
        assert LanguageCode == "en"
        self.singles.append(Text)
        if self.single_failure:
            raise self.single_failure
        if "permanently" in Text:
            raise failure("InvalidRequestException")
        if "throttled" in Text:
            raise failure("ThrottlingException")
        return GLAD


def scorer(client: FakeComprehend) -> ComprehendScorer:
    """A fast scorer on the fake client."""
    return ComprehendScorer(
        cast("ComprehendClient", client), language="en", calls_per_s=1000, parallel_calls=4
    )


async def score(client: FakeComprehend, documents: Sequence[Document]) -> dict[str, Score]:
    """Score documents and return every score passed to `keep`."""
    found: dict[str, Score] = {}

    async def keep(scores: Mapping[str, Score]) -> None:
        assert not found.keys() & scores.keys()
        found.update(scores)

    await scorer(client).score(documents, keep=keep)
    return found


def texts(*values: str) -> list[Document]:
    """Documents with ids r0, r1 and so on."""
    return [Document(f"r{number}", value) for number, value in enumerate(values)]


async def test_documents_are_sent_in_calls_of_twenty_five() -> None:
    """Sixty documents take three calls, none larger than the limit, and all are scored."""
    client = FakeComprehend()
    scores = await score(client, texts(*["good"] * 60))
    assert sorted(len(batch) for batch in client.batches) == [10, 25, 25]
    assert len(scores) == 60
    assert scores["r0"].sentiment is Sentiment.POSITIVE


async def test_a_failed_document_is_retried_alone_and_the_others_keep_their_score() -> None:
    """If a document fails on its own too, the error becomes its result."""
    client = FakeComprehend()
    scores = await score(client, texts("good", "fails once", "fails permanently"))
    assert client.singles == ["fails once", "fails permanently"]
    assert scores["r0"].sentiment is Sentiment.POSITIVE
    assert scores["r1"].sentiment is Sentiment.POSITIVE
    assert (scores["r2"].sentiment, scores["r2"].error) == (None, "InvalidRequestException")


async def test_a_rejected_call_is_split_into_its_documents() -> None:
    """A document that makes Comprehend reject the whole call affects only itself."""
    client = FakeComprehend(batch_failure=failure("TextSizeLimitExceededException"))
    scores = await score(client, texts("good", "bad permanently"))
    assert scores["r0"].sentiment is Sentiment.POSITIVE
    assert scores["r1"].error == "InvalidRequestException"


@pytest.mark.parametrize(
    "error",
    [
        failure("ThrottlingException"),
        failure("InternalServerException", 500),
        failure("AccessDeniedException"),
    ],
)
async def test_errors_not_caused_by_a_text_are_raised(error: ClientError) -> None:
    """The part is redelivered later instead of losing its scores."""
    with pytest.raises(ClientError):
        await score(FakeComprehend(batch_failure=error), texts("good"))


async def test_throttling_of_a_single_document_is_raised() -> None:
    """A retryable failure must not leave the document unscored."""
    with pytest.raises(ClientError):
        await score(FakeComprehend(), texts("fails throttled"))


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
async def test_a_transient_failure_of_one_document_never_becomes_its_result(code: str) -> None:
    """The other scores have been passed on by then, and the document is retried later."""
    found: dict[str, Score] = {}

    async def keep(scores: Mapping[str, Score]) -> None:
        found.update(scores)

    client = FakeComprehend()
    client.single_failure = failure(code, 500)
    with pytest.raises(ClientError, match=code):
        await scorer(client).score(texts("good", "fails once", "good"), keep=keep)
    assert {review_id: score.sentiment for review_id, score in found.items()} == {
        "r0": Sentiment.POSITIVE,
        "r2": Sentiment.POSITIVE,
    }


async def test_scores_of_other_calls_are_passed_on_before_a_failure_is_raised() -> None:
    """A failed call loses no score already paid for, and no new call is made after it."""
    found: dict[str, Score] = {}

    async def keep(scores: Mapping[str, Score]) -> None:
        found.update(scores)

    client = FakeComprehend()
    client.forbidden_calls = {2}
    with pytest.raises(ClientError):
        await scorer(client).score(texts(*["good"] * 250), keep=keep)
    assert len(client.batches) <= 6
    assert len(found) == 25 * (len(client.batches) - 1)


async def test_a_throttled_call_is_repeated() -> None:
    """Nothing is lost, and nothing that was scored is sent again."""
    client = FakeComprehend()
    client.throttled_calls = {1, 3}
    scores = await score(client, texts(*["good"] * 60))
    assert sorted(len(batch) for batch in client.batches) in ([10, 10, 25, 25, 25], [10, 25, 25, 25, 25])
    assert len(scores) == 60


def test_a_score_reads_back_as_written() -> None:
    """Confidences to the last digit, and errors."""
    scores = SentimentScores(positive=0.1234567891, negative=0.3, neutral=1 / 3, mixed=0)
    for each in (Score(Sentiment.MIXED, scores), Score(error="InvalidRequestException"), Score()):
        assert read_score(write_score(each)) == each
