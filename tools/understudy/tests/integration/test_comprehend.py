"""Comprehend, called with real AWS SDK clients."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from understudy.comprehend import create_service
from understudy.engines.sentiment import SentimentModel
from understudy.testing import UnderstudyServer

if TYPE_CHECKING:
    from types_boto3_comprehend import ComprehendClient


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a server with Comprehend alone."""
    with UnderstudyServer([create_service(SentimentModel.load())]) as server:
        yield server.url


@pytest.fixture
def comprehend(url: str, monkeypatch: pytest.MonkeyPatch) -> "ComprehendClient":
    """A client that finds the server through the environment, as services do."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_COMPREHEND", url)
    client: ComprehendClient = boto3.client("comprehend")
    return client


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


def test_long_document_fails_alone(comprehend: "ComprehendClient") -> None:
    """A document over 5,000 bytes is in the error list; the others are scored."""
    fitting, too_long = "₹" * 1_666, "₹" * 1_667
    answer = comprehend.batch_detect_sentiment(TextList=[too_long, fitting], LanguageCode="en")
    assert [result["Index"] for result in answer["ResultList"]] == [1]
    [error] = answer["ErrorList"]
    assert (error["Index"], error["ErrorCode"]) == (0, "TextSizeLimitExceededException")
    assert "5001 bytes" in error["ErrorMessage"]


@pytest.mark.parametrize(
    ("texts", "language", "code"),
    [
        (["a"] * 26, "en", "BatchSizeLimitExceededException"),
        (["a"], "de", "UnsupportedLanguageException"),
        (["a"], "xx", "ValidationException"),
    ],
)
def test_bad_batch_is_refused_with_its_code(
    comprehend: "ComprehendClient", texts: list[str], language: str, code: str
) -> None:
    """A client reads the codes that AWS uses."""
    with pytest.raises(ClientError) as raised:
        comprehend.batch_detect_sentiment(TextList=texts, LanguageCode=language)  # type: ignore[arg-type] # bad on purpose
    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_single_long_document_is_refused(comprehend: "ComprehendClient") -> None:
    """A call for one document fails as a whole."""
    with pytest.raises(comprehend.exceptions.TextSizeLimitExceededException) as raised:
        comprehend.detect_sentiment(Text="a" * 5_001, LanguageCode="en")
    assert "5001 bytes" in raised.value.response["Error"]["Message"]


def test_operation_that_is_not_modelled_is_refused_by_name(comprehend: "ComprehendClient") -> None:
    """An operation that understudy lacks gets UnknownOperationException."""
    with pytest.raises(ClientError, match="UnknownOperationException"):
        comprehend.detect_entities(Text="a", LanguageCode="en")


async def test_asynchronous_client_gets_the_same_answer(url: str) -> None:
    """The services use aiobotocore."""
    async with get_session().create_client("comprehend", endpoint_url=url) as client:
        answer = await client.batch_detect_sentiment(TextList=["Great"], LanguageCode="en")
    assert answer["ResultList"][0]["Sentiment"] == "POSITIVE"
