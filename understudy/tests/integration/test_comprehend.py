"""Comprehend's synchronous operations, called with real AWS SDK clients."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.config import Config
from botocore.exceptions import ClientError
from comprehends import comprehend_service

from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_boto3_comprehend import ComprehendClient

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ar", "hi", "ja", "ko", "zh", "zh-TW")
UNCHECKED = Config(parameter_validation=False, retries={"total_max_attempts": 1})
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a server with Comprehend alone."""
    with UnderstudyServer([comprehend_service()]) as server:
        yield server.url


@pytest.fixture
def comprehend(url: str, monkeypatch: pytest.MonkeyPatch) -> "ComprehendClient":
    """A client that finds the server through the environment, as services do."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_COMPREHEND", url)
    client: ComprehendClient = boto3.client("comprehend", config=UNCHECKED)
    return client


def refusal(call: Call, **params: Any) -> str:  # noqa: ANN401 - any parameter
    """Return the code of the error that a call gets, which is a 400."""
    with pytest.raises(ClientError) as raised:
        call(**params)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return raised.value.response["Error"]["Code"]


def test_one_document_gets_a_label_and_four_scores(comprehend: "ComprehendClient") -> None:
    """The answer has Comprehend's shape, and its label has the highest score."""
    answer = comprehend.detect_sentiment(Text="I love this kettle", LanguageCode="en")
    assert answer["Sentiment"] == "POSITIVE"
    scores = answer["SentimentScore"]
    others = scores["Negative"] + scores["Neutral"] + scores["Mixed"]
    assert scores["Positive"] > others
    assert scores["Positive"] + others == pytest.approx(1)


def test_batch_answers_every_document_in_order(comprehend: "ComprehendClient") -> None:
    """Results ascend by index and equal those of a call for the document alone."""
    texts = [f"{adjective} thing" for adjective in ("Great", "Awful")] * 12 + ["Lovely"]
    answer = comprehend.batch_detect_sentiment(TextList=texts, LanguageCode="en")
    assert [result["Index"] for result in answer["ResultList"]] == list(range(25))
    assert answer["ErrorList"] == []
    alone = comprehend.detect_sentiment(Text=texts[1], LanguageCode="en")
    assert answer["ResultList"][1]["SentimentScore"] == alone["SentimentScore"]


def test_mentions_of_one_aspect_are_one_entity(comprehend: "ComprehendClient") -> None:
    """Entities and their mentions come in the order of the text, with offsets in code points."""
    text = "📦 terrible battery, great sound, a charge holds an hour"
    entities = comprehend.detect_targeted_sentiment(Text=text, LanguageCode="en")["Entities"]
    assert [each["DescriptiveMentionIndex"] for each in entities] == [[0], [0]]
    battery, sound = (each["Mentions"] for each in entities)
    assert [mention["Text"] for mention in battery] == ["battery", "charge"]
    assert [mention["Text"] for mention in sound] == ["sound"]
    for mention in (*battery, *sound):
        assert text[mention["BeginOffset"] : mention["EndOffset"]] == mention["Text"]
        assert mention["Type"] == "ATTRIBUTE"
        assert (mention["Score"], mention["GroupScore"]) == (1, 1)
    assert battery[0]["MentionSentiment"]["Sentiment"] == "NEGATIVE"
    assert battery[0]["MentionSentiment"]["SentimentScore"]["Negative"] == pytest.approx(0.9)


def test_text_without_aspects_has_no_entities(comprehend: "ComprehendClient") -> None:
    """The list is empty, not absent, alone and in a batch."""
    assert comprehend.detect_targeted_sentiment(Text="Fine.", LanguageCode="en")["Entities"] == []
    texts = ["Fine.", "great sound"]
    answer = comprehend.batch_detect_targeted_sentiment(TextList=texts, LanguageCode="en")
    assert [len(each["Entities"]) for each in answer["ResultList"]] == [0, 1]
    assert answer["ErrorList"] == []


def test_dominant_language_comes_with_its_score(comprehend: "ComprehendClient") -> None:
    """The likeliest language is first; traditional Chinese has a code of its own."""
    texts = ["Das Kabel ist nach zwei Wochen gebrochen.", "音質很好 但是電池太差了", "12345"]
    answer = comprehend.batch_detect_dominant_language(TextList=texts)
    languages = [each["Languages"] for each in answer["ResultList"]]
    assert [each[0]["LanguageCode"] for each in languages] == ["de", "zh-TW", "en"]
    for each in languages:
        scores = [language["Score"] for language in each]
        assert scores == sorted(scores, reverse=True)
    assert languages[0][0]["Score"] > 0.9
    assert languages[2][0]["Score"] < 0.1
    assert comprehend.detect_dominant_language(Text=texts[0])["Languages"] == languages[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_of_comprehend_gets_a_sentiment(comprehend: "ComprehendClient", language: str) -> None:
    """Marks decide where there is no model: five stars praise, in any language."""
    texts = ["⭐⭐⭐⭐⭐", "7 - 8"]
    answer = comprehend.batch_detect_sentiment(TextList=texts, LanguageCode=language)  # type: ignore[arg-type] # one of its literals
    marked, unmarked = answer["ResultList"]
    if language != "en":
        assert marked["Sentiment"] == "POSITIVE"
        assert unmarked["SentimentScore"]["Neutral"] == pytest.approx(0.4)
    assert unmarked["Sentiment"] == "NEUTRAL"


def test_english_text_under_another_code_is_scored_as_english(comprehend: "ComprehendClient") -> None:
    """A customer may write English in a German shop."""
    text = "The cable broke after two weeks, very disappointed with this awful product."
    found = [comprehend.detect_sentiment(Text=text, LanguageCode=code) for code in ("en", "de")]
    assert found[0]["SentimentScore"] == found[1]["SentimentScore"]
    assert found[0]["Sentiment"] == "NEGATIVE"


@pytest.mark.parametrize("operation", ["detect_sentiment", "detect_targeted_sentiment"])
def test_single_long_document_is_refused(comprehend: "ComprehendClient", operation: str) -> None:
    """A document may have 5,000 bytes, not characters; the message names both figures."""
    call: Call = getattr(comprehend, operation)
    call(Text="₹" * 1_666, LanguageCode="en")
    with pytest.raises(comprehend.exceptions.TextSizeLimitExceededException) as raised:
        call(Text="₹" * 1_667, LanguageCode="en")
    assert raised.value.response["Error"]["Message"] == (
        "Input text size exceeds limit. Max length of request text allowed is 5000 bytes while in this "
        "request the text size is 5001 bytes"
    )


def test_a_document_of_100_kb_has_a_language(comprehend: "ComprehendClient") -> None:
    """A single call for the language takes more than the others."""
    comprehend.detect_dominant_language(Text="a" * 100_000)
    code = refusal(comprehend.detect_dominant_language, Text="a" * 100_001)
    assert code == "TextSizeLimitExceededException"


BATCHES: dict[str, dict[str, str]] = {
    "batch_detect_sentiment": {"LanguageCode": "en"},
    "batch_detect_targeted_sentiment": {"LanguageCode": "en"},
    "batch_detect_dominant_language": {},
}


@pytest.mark.parametrize("operation", BATCHES)
def test_long_document_fails_alone(comprehend: "ComprehendClient", operation: str) -> None:
    """A document over 5,000 bytes is in the error list, by the name of the exception; the others are done."""
    call: Call = getattr(comprehend, operation)
    answer = call(TextList=["₹" * 1_667, "₹" * 1_666, "a" * 6_000], **BATCHES[operation])
    assert [result["Index"] for result in answer["ResultList"]] == [1]
    errors = [(error["Index"], error["ErrorCode"]) for error in answer["ErrorList"]]
    assert errors == [(0, "TextSizeLimitExceededException"), (2, "TextSizeLimitExceededException")]
    assert "5001 bytes" in answer["ErrorList"][0]["ErrorMessage"]


@pytest.mark.parametrize("operation", BATCHES)
def test_long_document_fails_its_batch_if_so_set(operation: str) -> None:
    """Sources differ on what AWS does, so a client can be tested with both."""
    with UnderstudyServer([comprehend_service(long_document_fails_batch=True)]) as server:
        client = boto3.client("comprehend", endpoint_url=server.url)
        code = refusal(getattr(client, operation), TextList=["fine", "a" * 5_001], **BATCHES[operation])
    assert code == "TextSizeLimitExceededException"


@pytest.mark.parametrize("operation", BATCHES)
def test_a_batch_takes_25_documents(comprehend: "ComprehendClient", operation: str) -> None:
    """One more is refused with AWS's words."""
    call: Call = getattr(comprehend, operation)
    assert len(call(TextList=["a"] * 25, **BATCHES[operation])["ResultList"]) == 25
    with pytest.raises(comprehend.exceptions.BatchSizeLimitExceededException) as raised:
        call(TextList=["a"] * 26, **BATCHES[operation])
    assert raised.value.response["Error"]["Message"] == (
        "The number of documents in the request exceeds the limit of 25. "
        "Try your request again with fewer documents."
    )


@pytest.mark.parametrize("operation", BATCHES)
@pytest.mark.parametrize("texts", [[], ["a", ""]])
def test_empty_texts_and_lists_are_invalid(
    comprehend: "ComprehendClient", operation: str, texts: list[str]
) -> None:
    """A client that does not validate itself learns it from the server."""
    code = refusal(getattr(comprehend, operation), TextList=texts, **BATCHES[operation])
    assert code == "ValidationException"


@pytest.mark.parametrize(
    ("operation", "texts"),
    [
        ("detect_sentiment", {"Text": "a"}),
        ("batch_detect_sentiment", {"TextList": ["a"]}),
        ("detect_targeted_sentiment", {"Text": "a"}),
        ("batch_detect_targeted_sentiment", {"TextList": ["a"]}),
    ],
)
def test_unknown_language_is_a_validation_error(
    comprehend: "ComprehendClient", operation: str, texts: dict[str, Any]
) -> None:
    """It is not a language that Comprehend lacks in one operation; the message lists the codes."""
    with pytest.raises(ClientError) as raised:
        getattr(comprehend, operation)(LanguageCode="xx", **texts)
    error = raised.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert "Value 'xx' at 'languageCode'" in error["Message"]
    assert f"Member must satisfy enum value set: [{', '.join(LANGUAGES)}]" in error["Message"]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_targeted_sentiment_is_for_english_only(comprehend: "ComprehendClient", language: str) -> None:
    """Comprehend's other languages are known, but not to this operation."""
    code = refusal(comprehend.detect_targeted_sentiment, Text="a", LanguageCode=language)
    batch = refusal(comprehend.batch_detect_targeted_sentiment, TextList=["a"], LanguageCode=language)
    assert code == batch == "UnsupportedLanguageException"


def test_operation_that_is_not_modelled_is_refused_by_name(comprehend: "ComprehendClient") -> None:
    """An operation that understudy lacks gets UnknownOperationException."""
    assert refusal(comprehend.detect_entities, Text="a", LanguageCode="en") == "UnknownOperationException"


async def test_asynchronous_client_gets_the_same_answer(url: str) -> None:
    """The services use aiobotocore."""
    async with get_session().create_client("comprehend", endpoint_url=url) as client:
        answer = await client.batch_detect_sentiment(TextList=["Great"], LanguageCode="en")
    assert answer["ResultList"][0]["Sentiment"] == "POSITIVE"
