"""The judge refuses what the facts do not prove, and leaves scenes of daily life alone."""

import json
from typing import Any

import pytest

from understudy.engines.copywriter import write

_SOURCES = {
    "name": "Acme Quick Electric Kettle 1.8 Litre",
    "kind": "electric kettle",
    "b1": "Switches itself off when the water boils",
    "b2": "Steel body, 1.8 litres, cord of 0.9 m, 1,500 W",
}


def _refused(*texts: str, field: str = "line", language: str = "en", **facts: object) -> list[dict[str, Any]]:
    question = {
        "n": 1,
        "facts": {
            "sources": _SOURCES,
            "reason": "goes_with",
            "occasion": "owner",
            "slots": ["1.name"],
            **facts,
        },
        "texts": [{"id": at, "field": field, "text": text, "cites": []} for at, text in enumerate(texts, 1)],
    }
    asked = json.dumps({"task": "judge", "language": language, "questions": [question]})
    answer = json.loads(write([f"<facts>{asked}</facts>"], schema=None))
    refused: list[dict[str, Any]] = answer["questions"]["1"]["refused"]
    return refused


@pytest.mark.parametrize(
    "text",
    [
        "Switches itself off when the water boils, so you can read on.",
        "Holds 1.8 litres of water for tea.",
        "1500 watts, so it takes one song.",
        "Water for tea while the bread is still in the toaster.",
        "A steel kettle for the corner of the kitchen.",
        "The dog has opinions about the kettle, and it forgives him.",
    ],
)
def test_what_is_proved_or_harmless_passes(text: str) -> None:
    """Statements of a bullet, and scenes addressed to anyone."""
    assert _refused(text) == []


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Holds 2.5 litres of water.", "2.5"),
        ("It has a thermometer.", "thermometer"),
        ("Spare filters are in the box.", "Spare filters"),
        ("Wash it with the plates.", "Wash it"),
        ("The body stays cool.", "stays cool"),
        ("We cook with it ourselves.", "We cook with it"),
        ("Almost gone, this kettle.", "Almost gone"),
        ("Popular with our customers.", "Popular"),
        ("Good for your heart.", "Good for your"),
        ("A hypoallergenic kettle.", "hypoallergenic"),
    ],
)
def test_what_nothing_proves_is_refused_with_its_words(text: str, span: str) -> None:
    """Figures, parts, haste, popularity, health, properties."""
    refused = _refused(text)
    assert [each["id"] for each in refused] == [1]
    assert span in refused[0]["span"]
    assert refused[0]["span"] in text
    assert len(refused[0]["why"].split()) <= 10


def test_only_the_bad_text_is_refused() -> None:
    """What is not listed passes."""
    assert [each["id"] for each in _refused("Tea in the garden.", "A magnetic lid.")] == [2]


def test_claims_about_the_customer_need_facts() -> None:
    """What they like is known where they wrote it, or the occasion says so."""
    assert _refused("You liked your kettle.", field="intro", occasion="new")
    assert _refused("You liked your kettle.", field="intro", occasion="liked") == []


def test_reports_of_the_customer_need_their_words() -> None:
    """Neither another fault nor another praise is put into their mouth."""
    sources = {**_SOURCES, "s1": "The handle stays cool.", "own": "Acme kettle (kettle)"}
    texts = (
        "You wrote that the handle of your kettle stays cool.",
        "You wrote that the lid of your kettle leaks.",
    )
    refused = _refused(*texts, field="intro", sources=sources, occasion="liked")
    assert [each["id"] for each in refused] == [2]


def test_quotes_prove_themselves_unless_they_object() -> None:
    """A buyer's word needs no source, but it must not warn."""
    texts = ("The neck stays where I put it.", "Nice, but the neck droops.")
    assert [each["id"] for each in _refused(*texts, field="quote")] == [2]


def test_german_reports_may_stand_after_what_was_said() -> None:
    """A verb is proved by its other forms, and what nobody wrote is refused wherever the report stands."""
    sources = {"s1": "Die Mühle mahlt sehr leise."}
    facts: dict[str, Any] = {"field": "intro", "language": "de", "sources": sources}
    assert _refused("Leise wird gemahlen, schreiben Sie.", **facts) == []
    assert _refused("Dass die Kurbel klemmt, haben wir gelesen.", **facts)
