"""Figures for people: of what customers said, and of amounts and times."""

import pytest

from fondly.contracts.records import Sentiment, SentimentSummary
from fondly.operations.formatting import count, seconds, share, usd
from fondly.operations.runs.sentiment_figures import aspect_name, label_mix, languages

SAID = SentimentSummary(
    texts=2180,
    scored=2100,
    empty=40,
    labels={Sentiment.POSITIVE: 1500, Sentiment.NEGATIVE: 400, Sentiment.NEUTRAL: 200},
    languages={"en": 2000, "de": 50, "hi": 50},
)


def test_label_mix_has_all_four_labels() -> None:
    """In Comprehend's order, as shares of the texts that have one."""
    assert [(each.label, each.texts) for each in label_mix(SAID)] == [
        ("POSITIVE", 1500),
        ("NEGATIVE", 400),
        ("NEUTRAL", 200),
        ("MIXED", 0),
    ]
    assert sum(each.share for each in label_mix(SAID)) == pytest.approx(1)


def test_languages_are_told_if_there_are_several() -> None:
    """The most frequent first."""
    assert languages(SAID) == [("en", 2000), ("de", 50), ("hi", 50)]
    assert languages(SAID.model_copy(update={"languages": {"en": 2100}})) == []


@pytest.mark.parametrize(
    ("aspect", "shown"),
    [("battery\x1b[2J\n life", "battery [2J life"), ("build " * 9, "build build build build build…")],
)
def test_an_aspect_is_short_and_cannot_steer_a_terminal(aspect: str, shown: str) -> None:
    """Aspects may come from reviews and catalogues, which are untrusted."""
    assert aspect_name(aspect) == shown


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (count(9050), "9,050"),
        (seconds(0.04), "0.0 s"),
        (seconds(59.94), "59.9 s"),
        (seconds(59.96), "1 min 00 s"),
        (seconds(125.4), "2 min 05 s"),
        (share(0.71428), "71.4%"),
        (usd(0), "$0.00"),
        (usd(0.0042), "$0.0042"),
        (usd(1234.5), "$1,234.50"),
    ],
)
def test_figures_for_people(written: str, text: str) -> None:
    """Figures have separators, sensible units and no more digits than they need."""
    assert written == text
