"""Parts of Comprehend by themselves: texts of a batch, entities."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from comprehends import WordReader

from understudy.comprehend.analyses import Analysis, Detection
from understudy.comprehend.targeted import entities, sentiment_of
from understudy.engines.sentiment import Scores
from understudy.wire.service import Params, ServiceError
from understudy.workers import Workers


def find(texts: Sequence[str], language: str) -> list[Params]:
    """Return each text with its language."""
    return [{"found": f"{language}:{text}"} for text in texts]


def detection(*, fails_batch: bool = False, **changes: Any) -> Detection:  # noqa: ANN401 - any field
    """Return the operations of an analysis of letters, of at most ten bytes."""
    analysis = Analysis(**{"noun": "Letters", "find": find, "max_bytes": 10, **changes})
    return Detection(analysis=analysis, workers=Workers("test"), long_document_fails_batch=fails_batch)


def detected(operation: str, params: Params, **options: Any) -> Params:  # noqa: ANN401 - any option
    """Return the answer of an operation."""
    made = detection(**options)

    async def call() -> Params:
        return await made.operations()[operation](params)

    try:
        return asyncio.run(call())
    finally:
        made.workers.close()


def test_operations_are_named_by_what_they_find() -> None:
    """One text, or a batch of them."""
    assert set(detection().operations()) == {"DetectLetters", "BatchDetectLetters"}


def test_one_text_is_answered_alone() -> None:
    """In the language that it is said to be in."""
    answer = detected("DetectLetters", {"Text": "abc", "LanguageCode": "en"})
    assert answer == {"found": "en:abc"}


@pytest.mark.parametrize(
    ("text", "fits"), [("x" * 10, True), ("x" * 11, False), ("é" * 5, True), ("é" * 6, False)]
)
def test_a_text_is_measured_in_bytes(text: str, fits: bool) -> None:  # noqa: FBT001 - a column
    """Of UTF-8."""
    if fits:
        assert detected("DetectLetters", {"Text": text})
    else:
        with pytest.raises(ServiceError, match="TextSizeLimitExceededException"):
            detected("DetectLetters", {"Text": text})


def test_a_lone_surrogate_is_measured_too() -> None:
    """JSON can contain one; the text is not UTF-8, but no reason to crash."""
    assert detected("DetectLetters", {"Text": "\ud83d"})


def test_a_batch_is_answered_by_index() -> None:
    """A text that is too long is alone in the list of errors, and asked of nobody."""
    answer = detected("BatchDetectLetters", {"TextList": ["a", "x" * 5_001, "b"], "LanguageCode": "en"})
    assert answer["ResultList"] == [{"Index": 0, "found": "en:a"}, {"Index": 2, "found": "en:b"}]
    [error] = answer["ErrorList"]
    assert (error["Index"], error["ErrorCode"]) == (1, "TextSizeLimitExceededException")
    assert "5001 bytes" in error["ErrorMessage"]


def test_a_text_that_is_too_long_may_fail_its_batch() -> None:
    """As another of AWS's sources says."""
    with pytest.raises(ServiceError, match="the text size is 5001 bytes"):
        detected("BatchDetectLetters", {"TextList": ["a", "x" * 5_001]}, fails_batch=True)


def test_a_batch_has_a_limit() -> None:
    """Of 25 texts."""
    assert len(detected("BatchDetectLetters", {"TextList": ["a"] * 25})["ResultList"]) == 25
    with pytest.raises(ServiceError, match="BatchSizeLimitExceededException"):
        detected("BatchDetectLetters", {"TextList": ["a"] * 26})


@pytest.mark.parametrize("operation", ["DetectLetters", "BatchDetectLetters"])
def test_a_language_that_an_analysis_does_not_know_is_refused(operation: str) -> None:
    """Before the texts are looked at."""
    params = {"Text": "x" * 99, "TextList": ["a"] * 99, "LanguageCode": "de"}
    with pytest.raises(ServiceError, match="UnsupportedLanguageException"):
        detected(operation, params, languages=frozenset({"en"}))


def test_texts_are_looked_at_in_a_thread() -> None:
    """The event loop answers others meanwhile."""
    threads: list[str] = []

    def noting(texts: Sequence[str], _language: str) -> list[Params]:
        threads.append(threading.current_thread().name)
        return [{} for _ in texts]

    detected("DetectLetters", {"Text": "a"}, find=noting)
    assert threads[0].startswith("test")


def test_mentions_of_an_aspect_are_one_entity_in_the_order_of_the_text() -> None:
    """However the reader orders them."""
    found = entities(WordReader().read("great battery but terrible sound and a slow charge"))
    texts = [[mention["Text"] for mention in entity["Mentions"]] for entity in found]
    assert texts == [["battery", "charge"], ["sound"]]
    mention = found[1]["Mentions"][0]
    assert mention["MentionSentiment"]["Sentiment"] == "NEGATIVE"
    assert (mention["BeginOffset"], mention["EndOffset"]) == (27, 32)


def test_a_text_about_nothing_has_no_entities() -> None:
    """An empty list, not an error."""
    assert entities(WordReader().read("It is a box.")) == []


def test_scores_have_comprehends_names() -> None:
    """All four of them."""
    shown = sentiment_of("MIXED", Scores(0.1, 0.2, neutral=0.3, mixed=0.4))
    assert shown["SentimentScore"] == {"Positive": 0.1, "Negative": 0.2, "Neutral": 0.3, "Mixed": 0.4}
