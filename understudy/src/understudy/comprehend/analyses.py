"""What Comprehend finds in documents, and its operations: one document, or a batch of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from understudy.comprehend.errors import (
    MAX_BYTES,
    MAX_DOCUMENTS,
    MAX_LANGUAGE_BYTES,
    batch_size_limit_exceeded,
    text_size_limit_exceeded,
    unsupported_language,
)
from understudy.comprehend.targeted import entities, sentiment_of
from understudy.engines.sentiment.by_marks import score_by_marks
from understudy.wire.service import Params

if TYPE_CHECKING:
    from collections.abc import Mapping

    from understudy.engines.language import Language, LanguageDetector
    from understudy.engines.sentiment import Scores, SentimentModel
    from understudy.engines.targets import TargetReader
    from understudy.wire.service import Handler, ServiceError
    from understudy.workers import Workers

_MIN_SCORE_SHOWN = 0.01

Find = Callable[[Sequence[str], str], list[Params]]
"""Takes texts and the code of their language; returns the members of each result, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis of documents; `noun` is used in the names of its operations.

    `languages` are the codes that it knows, None for all; `max_bytes` limits the document of a single call.
    """

    noun: str
    find: Find
    languages: frozenset[str] | None = None
    max_bytes: int = MAX_BYTES


def sentiment_analysis(model: SentimentModel, detector: LanguageDetector) -> Analysis:
    """Return the analysis of whole texts: English by `model`, other languages by the marks in the text.

    A text that is in English, whatever its language is said to be, is scored by `model` too.
    """

    def score(texts: Sequence[str], language: str) -> list[Scores]:
        if language == "en":
            return model.score(texts)
        scores = [score_by_marks(text) for text in texts]
        english = [n for n, text in enumerate(texts) if detector.is_english(text)]
        for n, by_model in zip(english, model.score([texts[n] for n in english]), strict=True):
            scores[n] = by_model
        return scores

    def find(texts: Sequence[str], language: str) -> list[Params]:
        return [sentiment_of(each.label, each) for each in score(texts, language)]

    return Analysis(noun="Sentiment", find=find)


def targeted_analysis(reader: TargetReader) -> Analysis:
    """Return the analysis of the aspects in a text, which Comprehend has for English only."""

    def find(texts: Sequence[str], _language: str) -> list[Params]:
        return [{"Entities": entities(reader.read(text))} for text in texts]

    return Analysis(noun="TargetedSentiment", find=find, languages=frozenset({"en"}))


def language_analysis(detector: LanguageDetector) -> Analysis:
    """Return the analysis of the language itself."""

    def find(texts: Sequence[str], _language: str) -> list[Params]:
        return [{"Languages": _likely(detector.detect(text))} for text in texts]

    return Analysis(noun="DominantLanguage", find=find, max_bytes=MAX_LANGUAGE_BYTES)


def _likely(languages: Sequence[Language]) -> list[Params]:
    """Show the first language, and others that are at all likely."""
    best, *others = languages
    shown = [best, *(each for each in others if each.score >= _MIN_SCORE_SHOWN)]
    return [{"LanguageCode": each.code, "Score": each.score} for each in shown]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """Answers the Detect and BatchDetect operations of one analysis.

    A document over the limit fails its whole batch, or else is in the batch's ErrorList.
    """

    analysis: Analysis
    workers: Workers
    long_document_fails_batch: bool

    def operations(self) -> Mapping[str, Handler]:
        """Return both operations by name."""
        noun = self.analysis.noun
        return {f"Detect{noun}": self.detect, f"BatchDetect{noun}": self.batch_detect}

    async def detect(self, params: Params) -> Params:
        """Answer for one document."""
        self._check_language(params)
        problem = _size_error(params["Text"], self.analysis.max_bytes)
        if problem:
            raise problem
        [found] = await self._find([params["Text"]], params)
        return found

    async def batch_detect(self, params: Params) -> Params:
        """Answer for several documents, by ascending index."""
        self._check_language(params)
        texts = params["TextList"]
        if len(texts) > MAX_DOCUMENTS:
            raise batch_size_limit_exceeded()
        sizes = enumerate(_size_error(text, MAX_BYTES) for text in texts)
        problems = {n: problem for n, problem in sizes if problem}
        if problems and self.long_document_fails_batch:
            raise next(iter(problems.values()))
        fitting = [n for n in range(len(texts)) if n not in problems]
        found = await self._find([texts[n] for n in fitting], params)
        return {
            "ResultList": [{"Index": n, **each} for n, each in zip(fitting, found, strict=True)],
            "ErrorList": [
                {"Index": n, "ErrorCode": problem.code, "ErrorMessage": problem.message}
                for n, problem in problems.items()
            ],
        }

    async def _find(self, texts: Sequence[str], params: Params) -> list[Params]:
        return await self.workers.run(self.analysis.find, texts, params.get("LanguageCode", ""))

    def _check_language(self, params: Params) -> None:
        known = self.analysis.languages
        if known is not None and params["LanguageCode"] not in known:
            raise unsupported_language(params["LanguageCode"])


def _size_error(text: str, max_bytes: int) -> ServiceError | None:
    size_bytes = len(text.encode(errors="surrogatepass"))
    return text_size_limit_exceeded(size_bytes, max_bytes) if size_bytes > max_bytes else None
