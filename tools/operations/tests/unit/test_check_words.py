"""What a check shows of a column's values, and which languages it takes reviews to be in."""

from collections import Counter

import pytest

from fondly.ingest.domain.formats.fields import Kind
from fondly.ingest.use_cases.ignored_values import Ignored
from fondly.operations.check.languages import languages_of
from fondly.operations.check.personal import shown_values


@pytest.mark.parametrize(
    ("kind", "column", "values", "shown"),
    [
        (Kind.CUSTOMERS, "newsletter_ok", {"yes": 2, "no": 9}, ["yes", "no"]),
        (Kind.CUSTOMERS, "unsubscribed_at", {"2025-01-03": 1}, ["2025-01-03"]),
        (Kind.CUSTOMERS, "login", {"a.b@mail.example": 1}, ["an email address"]),
        (Kind.CUSTOMERS, "x", {"+44 20 7946 0999": 1, "030/123 45 67": 1}, ["a phone number"]),
        (Kind.CUSTOMERS, "Straße", {"Nordring": 3}, ["an address"]),
        (Kind.ORDERS, "shippingCity", {"Rome": 9}, ["an address"]),
        (Kind.CUSTOMERS, "Prénom", {"Zoé": 2}, ["a name"]),
        (Kind.CUSTOMERS, "IP", {"10.0.0.1": 2}, ["a device"]),
        (Kind.CUSTOMERS, "remarks", {"ask for Anna": 1, "Gold": 4}, ["a text", "Gold"]),
        (Kind.ORDERS, "seller", {"Anna Weir": 9}, ["a name"]),
        (Kind.PRODUCTS, "Alt name", {"Blue Mug": 1}, ["Blue Mug"]),
        (Kind.PRODUCTS, "maker", {"call us@maker.example": 1}, ["an email address"]),
        (
            Kind.PRODUCTS,
            "ean",
            {"0454960000001": 1, "\x1b[2J": 1, "c": 1, "d": 1},
            ["0454960000001", "[2J", "c"],
        ),
        (Kind.PRODUCTS, "empty", {}, []),
    ],
)
def test_personal_values_are_told_by_their_kind(
    kind: Kind, column: str, values: dict[str, int], shown: list[str]
) -> None:
    """By the column's name, by what a value looks like, or because it stands there once among people."""
    assert shown_values(Ignored("file.csv", kind, column, Counter(values))) == shown


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Very good, and it fits the kids", "en"),
        ("Sehr gut, aber die Farbe ist nicht schön", "de"),
        ("Très bien pour le prix, je suis content", "fr"),
        ("Muy bueno, pero los colores no son iguales", "es"),
        ("Muito bom, a qualidade é ótima e gostei", "pt"),
        ("Ottimo prodotto, molto bene per il prezzo", "it"),
        ("Zeer goed, maar het is niet mooi", "nl"),
        ("बहुत अच्छा है", "hi"),
        ("とても良い商品です", "ja"),
        ("质量很好", "zh"),
        ("Хорошее качество", "ru"),
        ("OK", None),
        ("5/5", None),
    ],
)
def test_the_language_of_a_review_is_told_by_its_commonest_words(text: str, language: str | None) -> None:
    """Or by its script; what fits none is not counted."""
    assert languages_of([text]) == ({language: 1} if language else {})
