"""Features are short noun phrases that stand word for word in a product's name or bullets."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.engines.copywriter import write
from understudy.engines.copywriter.features import MAX_FEATURES, article, features, number

_SHAPE = re.compile(r"[A-Za-zÀ-ž][A-Za-zÀ-ž' -]{2,38}")


def _found(*bullets: str, name: str = "Arvo Trill", kind: str = "Things", language: str = "en") -> list[str]:
    return features(name, kind, bullets, language=language)


@pytest.mark.parametrize(
    ("bullet", "expected"),
    [
        ("Deep bass and soft ear cushions for long evenings", ["soft ear cushions", "deep bass"]),
        ("BRAIDED NYLON SLEEVE - takes daily bending", ["braided nylon sleeve"]),
        ("Comes with a detachable handle and non-stick plates", ["non-stick plates", "detachable handle"]),
        ("Stainless steel blades make short work of vegetables", ["stainless steel blades"]),
        (
            "It features an LED display, a USB port and an auto shut off",
            ["LED display", "USB port", "auto shut off"],
        ),
        ("Water resistant strap with a magnetic clasp", ["water resistant strap", "magnetic clasp"]),
    ],
)
def test_features_are_read_from_a_bullet(bullet: str, expected: list[str]) -> None:
    """Adjectives and nouns up to the noun that they are about."""
    assert sorted(_found(bullet)) == sorted(expected)


@pytest.mark.parametrize(
    "bullet",
    [
        "No detachable handle and without any soft padding",
        "Best quality guaranteed, original product",
        "Compatible with phones that have a USB port, a headphone jack or wireless speakers",
        "Easy to use and easy to clean",
        "Connects to your LED display",
        "For your stainless steel sink",
        "Tank with anti rust coating",
        "Customer care number: call us any time",
        "8GB memory, 100% cotton fabric2",
    ],
)
def test_what_is_no_feature_of_the_product_is_left_out(bullet: str) -> None:
    """Negation, sellers' words, other people's devices, figures and verbs."""
    assert _found(bullet) == []


def test_sellers_words_are_left_out_of_a_feature() -> None:
    """The noun and what describes it stay: they stand together in the text."""
    assert _found("Premium soft padding") == ["soft padding"]
    assert _found("Dual USB ports") == ["USB ports"]


def test_the_name_is_read_after_brand_and_model() -> None:
    """What it begins with is no feature."""
    found = _found(name="Arvo Deep Bass X2, Braided Sleeve, with Carrying Case (Black)")
    assert sorted(found) == ["braided sleeve", "carrying case"]


def test_features_are_about_different_parts() -> None:
    """Two phrases on the same noun, or with the same words, say too little of their own."""
    found = _found("Soft padding", "Thick padding", "Soft thick padding", "Long cord", "A long swivel cord")
    assert len(found) == 2


def test_there_are_at_most_six() -> None:
    """The first and most telling ones are kept."""
    parts = [
        "sturdy handle",
        "glass lid",
        "wide base",
        "copper motor",
        "digital timer",
        "steel blade",
        "soft strap",
    ]
    found = _found(*(f"{part.capitalize()} with care" for part in parts))
    assert len(found) == MAX_FEATURES
    assert found[0] == "sturdy handle"


def test_german_features_are_nominative_and_keep_their_capitals() -> None:
    """An oblique case cannot be listed, so that "mit weichem Griff" gives nothing."""
    found = _found(
        "Weiche Ohrpolster und abnehmbares Kabel",
        "Mit weichem Tragegriff",
        "Edelstahlklingen: leicht zu reinigen",
        "Ohne lauten Motor, kein schwerer Akku",
        language="de",
    )
    assert sorted(found) == ["Edelstahlklingen", "abnehmbares Kabel", "weiche Ohrpolster"]


def test_a_language_without_word_lists_has_no_features() -> None:
    """Nothing is guessed."""
    assert _found("Deep bass and soft padding", language="fr") == []


@pytest.mark.parametrize(
    ("feature", "with_article", "counts"),
    [
        ("deep bass", "deep bass", "mass"),
        ("soft ear cushions", "soft ear cushions", "many"),
        ("detachable handle", "a detachable handle", "one"),
        ("adjustable strap", "an adjustable strap", "one"),
        ("LED display", "an LED display", "one"),
        ("USB port", "a USB port", "one"),
        ("HEPA filter", "a HEPA filter", "one"),
        ("stainless steel knives", "stainless steel knives", "many"),
    ],
)
def test_features_know_how_they_count(feature: str, with_article: str, counts: str) -> None:
    """Copy needs the article and the verb that fit."""
    assert article(feature) + feature == with_article
    assert number(feature.rsplit(maxsplit=1)[-1]) == counts


def test_the_model_is_asked_for_features_of_several_products() -> None:
    """By the number of each product; without a bullet there may be none."""
    products = [
        {"n": 1, "name": "Arvo Trill", "kind": "Headphones", "bullets": ["Deep bass and soft ear cushions"]},
        {"n": 2, "name": "Brell", "kind": "Torches", "bullets": []},
    ]
    facts = {"task": "features", "language": "en", "products": products}
    answer: dict[str, Any] = json.loads(write([f"<facts>{json.dumps(facts)}</facts>"], schema=None))
    assert answer == {"features": {"1": ["deep bass", "soft ear cushions"], "2": []}}


@given(st.text(), st.lists(st.text(alphabet="abcdefgh deepbass softhandle,.-'(8%)", max_size=60), max_size=4))
def test_every_feature_stands_in_the_text(name: str, bullets: list[str]) -> None:
    """Word for word but for capitals, in five words at most."""
    texts = [text.casefold() for text in (name, *bullets)]
    for feature in features(name, "Things", bullets, language="en"):
        assert _SHAPE.fullmatch(feature)
        assert len(feature.split()) <= 5
        assert any(feature.casefold() in text for text in texts)
