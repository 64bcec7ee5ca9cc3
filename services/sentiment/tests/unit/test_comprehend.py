import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from fondly.contracts.records import AspectMention, Sentiment, SentimentScores
from fondly.runtime.quota.limiter import Limiter
from fondly.sentiment.adapters.comprehend import Comprehend
from fondly.sentiment.domain.answers import LANGUAGE, MENTIONS
from fondly.sentiment.domain.scores import SCORE, Score
from fondly.sentiment.domain.texts import Text
from tests.support.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from types_aiobotocore_comprehend.client import ComprehendClient

CONFIDENCES = {"Positive": 0.9, "Negative": 0.05, "Neutral": 0.05, "Mixed": 0.0}
GLAD = {"Sentiment": "POSITIVE", "SentimentScore": CONFIDENCES}
STRAP = {
    "Text": "Strap",
    "Type": "ATTRIBUTE",
    "BeginOffset": 0,
    "EndOffset": 5,
    "MentionSentiment": {"Sentiment": "NEGATIVE"},
}


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

    async def batch_detect_sentiment(self, *, TextList: list[str], LanguageCode: str) -> dict[str, Any]:  # noqa: N803 - AWS's names
        """Score all but the texts that fail in a batch."""
        assert LanguageCode == "en"
        self.batches.append(TextList)
        if self.batch_failure:
            raise self.batch_failure
        if len(self.batches) in self.throttled_calls:
            raise failure("ThrottlingException")
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

    async def batch_detect_dominant_language(self, *, TextList: list[str]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Find every text Hindi rather than English, but for those without letters."""
        found = [
            [{"LanguageCode": "en", "Score": 0.2}, {"LanguageCode": "hi", "Score": 0.8}]
            if text.isalpha()
            else []
            for text in TextList
        ]
        results = [{"Index": index, "Languages": each} for index, each in enumerate(found)]
        return {"ResultList": results, "ErrorList": []}

    async def batch_detect_targeted_sentiment(
        self,
        *,
        TextList: list[str],  # noqa: N803 - AWS's name
        LanguageCode: str,  # noqa: N803 - AWS's name
    ) -> dict[str, Any]:
        """Find a strap and a person in every text."""
        assert LanguageCode == "en"
        person = {**STRAP, "Type": "PERSON", "Text": "Zoë"}
        found = {"Entities": [{"Mentions": [STRAP]}, {"Mentions": [person]}]}
        return {"ResultList": [{"Index": index, **found} for index in range(len(TextList))], "ErrorList": []}


def texts(*words: str) -> list[Text]:
    """English texts."""
    return [Text(each, "en", "comprehend/sentiment") for each in words]


def comprehend(client: FakeComprehend) -> Comprehend:
    """A fast adapter on the fake client."""
    return Comprehend(cast("ComprehendClient", client), Limiter(1000), parallel_calls=4)


async def lock_all(wanted: Sequence[Text]) -> Sequence[Text]:
    """Lock every text."""
    return wanted


class Kept(dict[str, str]):
    """Answers by key; a text that is answered twice fails the test."""

    async def keep(self, answers: Mapping[str, str]) -> None:
        """Add the answers of one call."""
        assert answers
        assert not self.keys() & answers.keys()
        self.update(answers)

    def scores(self, asked: Sequence[Text]) -> list[Score | None]:
        """The score of each text, None if it has no answer."""
        return [SCORE.read(self[text.key]) if text.key in self else None for text in asked]


async def score(client: FakeComprehend, *words: str) -> list[Score | None]:
    """Ask for sentiments and return them in order."""
    kept, asked = Kept(), texts(*words)
    await comprehend(client).sentiments(asked, lock_all, kept.keep)
    return kept.scores(asked)


async def test_texts_are_scored_in_one_call() -> None:
    """Twenty-five at most; each gets its label and confidences."""
    client = FakeComprehend()
    scores = await score(client, *(f"good {number}" for number in range(25)))
    assert [len(batch) for batch in client.batches] == [25]
    expected = Score(Sentiment.POSITIVE, SentimentScores(positive=0.9, negative=0.05, neutral=0.05, mixed=0))
    assert scores == [expected] * 25


async def test_a_throttled_call_is_repeated() -> None:
    """Nothing is lost."""
    client = FakeComprehend()
    client.throttled_calls = {1, 2}
    [found] = await score(client, "good")
    assert found is not None
    assert client.batches == [["good"]] * 3


async def test_a_failed_text_is_retried_alone_and_the_others_keep_their_score() -> None:
    """If a text fails on its own too, the error becomes its result."""
    client = FakeComprehend()
    good, once, never = await score(client, "good", "fails once", "fails permanently")
    assert client.singles == ["fails once", "fails permanently"]
    assert good is not None
    assert good == once
    assert never == Score(error="InvalidRequestException")


async def test_a_rejected_call_is_split_into_its_texts() -> None:
    """A text that makes Comprehend reject the whole call affects only itself."""
    client = FakeComprehend(batch_failure=failure("TextSizeLimitExceededException"))
    good, bad = await score(client, "good", "bad permanently")
    assert good is not None
    assert good.sentiment is Sentiment.POSITIVE
    assert bad == Score(error="InvalidRequestException")


@pytest.mark.parametrize(
    "error",
    [
        failure("InternalServerException", 500),
        failure("AccessDeniedException"),
    ],
)
async def test_errors_not_caused_by_a_text_are_raised(error: ClientError) -> None:
    """The part is redelivered later instead of losing its scores."""
    with pytest.raises(ClientError):
        await score(FakeComprehend(batch_failure=error), "good")


@pytest.mark.parametrize("code", ["InternalServerException", "ServiceUnavailableException"])
async def test_a_transient_failure_of_one_text_never_becomes_its_result(code: str) -> None:
    """The other scores have been passed on by then, and the text is retried later."""
    client, kept = FakeComprehend(), Kept()
    client.single_failure = failure(code, 500)
    asked = texts("good", "fails once", "good too")
    with pytest.raises(ClientError, match=code):
        await comprehend(client).sentiments(asked, lock_all, kept.keep)
    assert [score is not None for score in kept.scores(asked)] == [True, False, True]


async def test_the_surest_language_is_the_language() -> None:
    """A text without words has none."""
    kept, asked = Kept(), texts("accha", "123")
    await comprehend(FakeComprehend()).languages(asked, lock_all, kept.keep)
    assert [LANGUAGE.read(kept[text.key]) for text in asked] == ["hi", None]


async def test_targeted_sentiment_becomes_mentions_of_qualities() -> None:
    """Names are lower case; persons are no qualities."""
    kept, [asked] = Kept(), texts("Strap broke, says Zoë")
    await comprehend(FakeComprehend()).aspects([asked], lock_all, kept.keep)
    expected = AspectMention(aspect="strap", sentiment=Sentiment.NEGATIVE, begin=0, end=5)
    assert MENTIONS.read(kept[asked.key]) == (expected,)


@pytest.mark.parametrize(
    ("words", "operation", "calls"),
    [
        ([["good"]] * 40, "batch_detect_sentiment", 40),
        ([[f"fails once {number}" for number in range(25)]] * 4, "detect_sentiment", 100),
    ],
    ids=["calls of 25", "calls of one text"],
)
def test_no_more_calls_are_sent_than_the_quota_allows(
    words: Sequence[Sequence[str]], operation: str, calls: int
) -> None:
    """Ten a second, however many parts are scored at once."""
    client, sent = FakeComprehend(), list[float]()
    call = getattr(client, operation)

    async def timed(**request: Any) -> object:  # noqa: ANN401 - as AWS's
        sent.append(asyncio.get_running_loop().time())
        return await call(**request)

    async def ask_all() -> None:
        setattr(client, operation, timed)
        adapter = Comprehend(cast("ComprehendClient", client), Limiter(10), parallel_calls=100)
        await asyncio.gather(*(adapter.sentiments(texts(*each), lock_all, Kept().keep) for each in words))

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(ask_all())
    assert len(sent) == calls
    assert max(sent) - min(sent) >= (calls - 11) / 10


async def test_a_call_has_ended_only_when_its_answers_are_kept() -> None:
    """Or else the next call would be paid for while the answers of this one may still be lost."""
    kept, asked = Kept(), texts("good", "fails once")

    async def keep_slowly(answers: Mapping[str, str]) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        await kept.keep(answers)

    await comprehend(FakeComprehend()).sentiments(asked, lock_all, keep_slowly)
    assert kept.keys() == {text.key for text in asked}


async def test_only_what_is_locked_is_asked_about() -> None:
    """When a call's turn comes, others may have asked about some of its texts, or all."""
    client, kept = FakeComprehend(), Kept()

    async def lock_one(wanted: Sequence[Text]) -> Sequence[Text]:
        return [text for text in wanted if text.words == "good 1"]

    await comprehend(client).sentiments(texts("good 0", "good 1", "good 2"), lock_one, kept.keep)
    await comprehend(client).sentiments(texts("good 2"), lock_one, kept.keep)
    assert client.batches == [["good 1"]]
    assert kept.keys() == {text.key for text in texts("good 1")}
