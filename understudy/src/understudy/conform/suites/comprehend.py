"""What Comprehend answers and refuses at once."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from understudy.conform.case import Answered, Either, Refused
from understudy.conform.check import Origin
from understudy.conform.suites.cases import BAD_VALUE, Cases, found, unless

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from understudy.conform.case import Asked, Case, Expectation
    from understudy.conform.check import Check

_CASES = Cases("comprehend")
_UNIT_USD = 0.0001
"""A unit is 100 characters, and a text has three at least."""
_LANGUAGES = {
    "en": "The parcel arrived on the next day and everything in it was well packed.",
    "de": "Das Paket kam am nächsten Tag an, und alles darin war gut verpackt.",
    "fr": "Le colis est arrivé le lendemain et tout était très bien emballé dedans.",
}


def comprehend_checks() -> Iterator[Check]:
    """Yield the checks of synchronous calls."""
    yield from _sizes()
    yield from _languages()
    yield from _malformed()
    yield from _results()


def _sizes() -> Iterator[Check]:
    too_long, code = "x" * 5_001, "TextSizeLimitExceededException"
    for kind in ("Sentiment", "TargetedSentiment"):
        yield _CASES.refused(
            f"a text of more than 5,000 bytes is too long for Detect{kind}",
            f"Detect{kind}",
            {"Text": too_long, "LanguageCode": "en"},
            code,
            "text allowed is 5000 bytes while in this request the text size is 5001 bytes",
            origin=Origin.QUOTED,
        )
    yield _CASES.refused(
        "a text is measured in bytes, not in characters",
        "DetectSentiment",
        {"Text": "é" * 2_501, "LanguageCode": "en"},
        code,
        "the text size is 5002 bytes",
        origin=Origin.QUOTED,
    )
    yield _CASES.refused(
        "a text of more than 100,000 bytes is too long for DetectDominantLanguage",
        "DetectDominantLanguage",
        {"Text": "x" * 100_001},
        code,
        "Max length of request text allowed is 100000 bytes",
        origin=Origin.QUOTED,
    )
    for kind in ("Sentiment", "TargetedSentiment", "DominantLanguage"):
        language = {} if kind == "DominantLanguage" else {"LanguageCode": "en"}
        yield _CASES.refused(
            f"BatchDetect{kind} takes no more than 25 texts",
            f"BatchDetect{kind}",
            {"TextList": ["fine"] * 26, **language},
            "BatchSizeLimitExceededException",
            "exceeds the limit of 25",
        )


def _languages() -> Iterator[Check]:
    for operation, text in (
        ("DetectSentiment", {"Text": "fine"}),
        ("BatchDetectSentiment", {"TextList": ["fine"]}),
    ):
        yield _CASES.refused(
            f"{operation} refuses a code that is no language with the list of those that are",
            operation,
            {**text, "LanguageCode": "xx"},
            "ValidationException",
            "Member must satisfy enum value set",
            origin=Origin.QUOTED,
        )
    for operation, text in (
        ("DetectTargetedSentiment", {"Text": "gut"}),
        ("BatchDetectTargetedSentiment", {"TextList": ["gut"]}),
    ):
        yield _CASES.refused(
            f"{operation} takes English only",
            operation,
            {**text, "LanguageCode": "de"},
            "UnsupportedLanguageException",
        )


def _malformed() -> Iterator[Check]:
    english = {"LanguageCode": "en"}
    table: tuple[tuple[str, str, Mapping[str, Any], str], ...] = (
        (
            "an empty text is refused",
            "DetectSentiment",
            {"Text": "", **english},
            "length greater than or equal to 1",
        ),
        (
            "an empty text in a list is refused",
            "BatchDetectSentiment",
            {"TextList": ["a", ""], **english},
            BAD_VALUE,
        ),
        ("a list without texts is refused", "BatchDetectSentiment", {"TextList": [], **english}, BAD_VALUE),
        ("a missing text is refused", "DetectSentiment", english, "Member must not be null"),
        ("a missing language is refused", "DetectSentiment", {"Text": "a"}, "Member must not be null"),
        ("several faults are counted", "DetectSentiment", {}, "2 validation errors detected"),
    )
    for name, operation, asked, text in table:
        yield _CASES.refused(name, operation, asked, "ValidationException", text, origin=Origin.RECALLED)


def _result(name: str, operation: str, asked: Asked, expected: Expectation, units: int = 3) -> Case:
    return _CASES.answered(
        name, operation, asked, expected, origin=Origin.DOCUMENTED, cost_usd=_UNIT_USD * units
    )


def _results() -> Iterator[Check]:
    one, batch = "DetectSentiment", "BatchDetectSentiment"
    for label, text in (
        ("POSITIVE", "I love it. Great sound, a perfect fit, and it works wonderfully well."),
        ("NEGATIVE", "Terrible. It broke on the first day and the seller refused to help. I hate it."),
    ):
        yield _result(f"clear words are {label}", one, _english(text), found(label, itemgetter("Sentiment")))
    yield _result("the four scores add up to one", one, _english("It is a box."), Answered(_scores_off))
    yield _result(
        "a text of 5,000 bytes is short enough", one, _english("good " * 1_000), Answered(), units=50
    )
    yield _result(
        "a batch answers by index, with an empty list of errors",
        batch,
        {"TextList": ["Good.", "Bad.", "A box."], "LanguageCode": "en"},
        found(([0, 1, 2], []), _indexes),
        units=9,
    )
    yield _result(
        "a text that is too long fails its batch, or is alone in the list of errors",
        batch,
        {"TextList": ["Good.", "x" * 5_001], "LanguageCode": "en"},
        Either(Refused("TextSizeLimitExceededException"), found(([0], [1]), _indexes)),
    )
    yield _result(
        "targeted sentiment finds what a text is about",
        "DetectTargetedSentiment",
        _english("The battery is great, but the screen is terrible."),
        Answered(lambda answer: unless(bool(answer["Entities"]), "no entities")),
    )
    for code, text in _LANGUAGES.items():
        name = f"a sentence in '{code}' is recognised"
        yield _result(name, "DetectDominantLanguage", {"Text": text}, found(code, _dominant))


def _english(text: str) -> Asked:
    return {"Text": text, "LanguageCode": "en"}


def _scores_off(answer: Mapping[str, Any]) -> str | None:
    total = sum(answer["SentimentScore"].values())
    return unless(abs(total - 1) < 0.001, f"they add up to {total}")  # noqa: PLR2004 - rounding


def _indexes(answer: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    return [each["Index"] for each in answer["ResultList"]], [each["Index"] for each in answer["ErrorList"]]


def _dominant(answer: Mapping[str, Any]) -> str:
    best = max(answer["Languages"], key=lambda language: language["Score"])
    return str(best["LanguageCode"])
