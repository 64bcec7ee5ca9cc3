"""The language detector on short reviews."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from reviews_by_language import REVIEWS

from understudy.engines.language import LanguageDetector
from understudy.engines.language.detector import is_traditional

DETECTOR = LanguageDetector()
MIN_ACCURACY = 0.97


def test_short_reviews_are_told_apart() -> None:
    """Of a dozen reviews per language, some of only two words, nearly all are detected."""
    right = [
        DETECTOR.detect(text)[0].code == language for language, texts in REVIEWS.items() for text in texts
    ]
    assert sum(right) / len(right) >= MIN_ACCURACY


@pytest.mark.parametrize("text", ["Funktioniert gut", "👍 12345", "", "\ud800", "é" * 5_000])
def test_scores_are_probabilities_of_different_languages(text: str) -> None:
    """They fall, and add up to 1, whatever the text."""
    languages = DETECTOR.detect(text, limit=100)
    scores = [each.score for each in languages]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1)
    assert len({each.code for each in languages}) == len(languages)


def test_text_without_letters_leaves_every_language_open() -> None:
    """English is only named first."""
    best, second, _ = DETECTOR.detect("12345 !!! 👍")
    assert best.code == "en"
    assert best.score == pytest.approx(second.score)
    assert not DETECTOR.is_english("12345 !!! 👍")


def test_english_is_told_only_if_it_is_likely() -> None:
    """Two words that fit several languages are not enough."""
    assert DETECTOR.is_english("The cable broke after two weeks of light use.")
    assert not DETECTOR.is_english("Das Kabel ist nach zwei Wochen gebrochen.")
    assert not DETECTOR.is_english("Super")


def test_close_relatives_keep_their_reviews() -> None:
    """The prior of the languages that are analysed does not swallow the others."""
    others = {
        "nl": "De kleur is anders dan op de foto",
        "gl": "Aos meus fillos encántalles",
        "mr": "रंग फोटोपेक्षा वेगळा आहे",
        "ca": "El color és diferent del de la foto",
        "sv": "Färgen är annorlunda än på bilden",
    }
    assert {text: DETECTOR.detect(text)[0].code for text in others.values()} == {
        text: code for code, text in others.items()
    }


@pytest.mark.parametrize(
    ("text", "traditional"),
    [("質量很差", True), ("质量很差", False), ("好", False), ("很好用 abc", False), ("謝謝賣家", True)],
)
def test_traditional_chinese_is_told_by_its_characters(text: str, *, traditional: bool) -> None:
    """Characters of both scripts say nothing."""
    assert is_traditional(text) is traditional


def test_threads_share_the_model() -> None:
    """Jobs and synchronous calls detect at the same time and agree."""
    texts = [text for texts in REVIEWS.values() for text in texts]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(DETECTOR.detect, texts))
    assert found == [DETECTOR.detect(text) for text in texts]
