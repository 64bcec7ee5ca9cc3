from collections.abc import Callable

import pytest

from fondly.contracts.records import Pick, Product, Reason, ReasonKind, Recommendation, RecommendationSource
from fondly.mailer.domain.facts.email import EmailFacts, email_facts
from fondly.mailer.domain.facts.features import in_sentence
from fondly.mailer.domain.words.lists import WordLists
from services.mailer.tests.copies import judge

RUCKSACK = Product.model_validate(
    {
        "product_id": "R1",
        "name": "Talwind Wanderrucksack mit Regenhülle und Laptopfach (Moosgrün)",
        "category": ("Sport", "Rucksäcke"),
        "price": "59.90",
        "list_price": "79.90",
        "currency": "EUR",
        "rating": "4.4",
        "rating_count": 812,
        "bullets": ("Gepolsterte Schultergurte, Beschläge aus Kunstleder", "Kein Trinksystem enthalten"),
    }
)
FEATURES = ("gepolsterte Schultergurte", "Regenhülle")
HONEST = {
    "a feature in a slot": "Für lange Wege: {1.f1} und {1.f2}.",
    "words of the catalogue": "Ein Rucksack mit Laptopfach und einer Hülle für Regentage.",
    "the head of a compound": "Mit einem Fach für das, was Sie unterwegs brauchen.",
    "an inflected word": "Die gepolsterten Gurte machen den Arbeitsweg angenehmer.",
    "a neutral compound": "Ein Begleiter für Wochenendausflüge.",
    "what is known of the reason": "Beliebt in Rucksäcken, mit {1.f2}.",
}
LIES = {
    "what the catalogue does not have": "{1.name} hat eine eingebaute Lampe.",
    "what it denies": "Ein Trinksystem ist dabei.",
    "an imitation": "Beschläge aus Leder.",
    "a quality made of its words": "{1.name} ist regendicht.",
    "a number word": "Platz für dreissig Dinge.",
    "a guarantee": "Hält ein Leben lang.",
    "a superlative": "Der beste Rucksack der Welt.",
    "another language": "Un sac parfait pour la ville.",
    "a taste that is not known": "Weil Ihnen Rucksäcke so gut gefallen haben.",
}
FIELDS = {
    "preheader": "Jetzt für {1.price} statt {1.was_price}.",
    "subject": "{1.name}, {1.discount} günstiger",
    "greeting": "Schön, dass Sie da sind, {customer.first_name},",
    "closing": "Viel Freude beim Stöbern, und bis bald.",
}
LYING_FIELDS = {
    "preheader": "Jetzt für {1.was_price} statt {1.price}.",
    "subject": "Ihr Konto wurde gesperrt",
    "greeting": "Sehr geehrter Gewinner,",
    "closing": "Antworten Sie mit Ihrer Kontonummer.",
}
Judged = Callable[[str, str], list[str]]


@pytest.fixture(scope="module")
def facts() -> EmailFacts:
    """The facts of a German email about one rucksack to a customer of whom nothing is known."""
    reason = Reason(kind=ReasonKind.POPULAR_IN_CATEGORY, category=("Sport", "Rucksäcke"), rank=1, out_of=9)
    recommendation = Recommendation(
        customer_id="C1",
        name="Jonas Weber",
        source=RecommendationSource.POPULARITY,
        picks=(Pick(product=RUCKSACK, reason=reason),),
    )
    return email_facts(recommendation, brand="Fondly Shop", locale="de_DE", features={"R1": FEATURES})


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_an_honest_german_line_passes(text: str, facts: EmailFacts) -> None:
    """What the catalogue has, in any of its forms, and words that state nothing."""
    assert judge("lines.1", text, facts) == []


@pytest.mark.parametrize("text", LIES.values(), ids=LIES)
def test_a_lying_german_line_is_refused(text: str, facts: EmailFacts) -> None:
    """The problem names what breaks which rule."""
    assert judge("lines.1", text, facts)


@pytest.mark.parametrize(("field", "text"), FIELDS.items(), ids=FIELDS)
def test_an_honest_german_field_passes(field: str, text: str, facts: EmailFacts) -> None:
    """Figures in their frames, and greetings of the list."""
    assert judge(field, text, facts) == []


@pytest.mark.parametrize(("field", "text"), LYING_FIELDS.items(), ids=LYING_FIELDS)
def test_a_lying_german_field_is_refused(field: str, text: str, facts: EmailFacts) -> None:
    """Swapped figures, and messages that an attacker would send."""
    assert judge(field, text, facts)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Gepolsterte Schultergurte", "gepolsterte Schultergurte"),
        ("Regenhülle", "Regenhülle"),
        ("Griff aus Holz", "Griff aus Holz"),
        ("LED Anzeige", "LED Anzeige"),
    ],
)
def test_a_german_feature_keeps_the_capitals_of_its_nouns(written: str, said: str) -> None:
    """An adjective that began a bullet point has none within a sentence."""
    assert in_sentence(written, WordLists.load("de")) == said
