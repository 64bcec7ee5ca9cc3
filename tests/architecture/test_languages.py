"""What the mailer's languages share with the reader of aspects."""

import re
from importlib.resources import files

import pytest

from fondly.mailer.domain.language import language, languages

ASPECTS = re.findall(
    r"^([a-z][a-z ]+):",
    (files("fondly.aspects") / "data" / "vocabulary.txt").read_text("utf-8"),
    re.MULTILINE,
)
ALIKE = {
    "app",
    "bass",
    "clip",
    "display",
    "design",
    "gps",
    "material",
    "motor",
    "scanner",
    "software",
    "touchpad",
    "video",
    "zoom",
}
"""Aspects that other languages may call as English does."""


@pytest.mark.parametrize("code", [code for code in languages() if code != "en"])
def test_every_aspect_of_the_reviews_has_a_word_in_every_language(code: str) -> None:
    """So that no English word stands in a German email."""
    words = language(code)
    assert len(ASPECTS) > 100
    assert {name for name in ASPECTS if words.aspect(name) == name} <= ALIKE


@pytest.mark.parametrize("code", languages())
def test_what_is_praised_for_not_being_there_is_told_in_no_language(code: str) -> None:
    """Reviewers who praise a kettle without a smell do not like its smell."""
    words = language(code)
    untold = {name for name in ASPECTS if words.praise(name) is None}
    assert untold == {"heating up", "leakage", "rust", "scratches", "smell"}
