import pytest

from fondly.mailer.domain.facts.features import accept, in_sentence
from fondly.mailer.domain.words.lists import WordLists
from services.mailer.tests.conftest import catalogue_entry

LISTS = WordLists.load("en")
MUG = catalogue_entry(
    5,
    name="Tarn Travel Mug, 450 ml",
    category=("Kitchen", "TravelMugs"),
    bullets=(
        "DOUBLE WALL STEEL: keeps a tight screw lid and a wide mouth | best in class",
        "No plastic straw included, but a cork sleeve is",
        "Two year warranty and free bag",
        "Works over Bluetooth with a USB-C port",
    ),
)


@pytest.mark.parametrize(
    ("proposed", "accepted"),
    [
        ("tight screw lid", "tight screw lid"),
        ("Wide  Mouth", "wide mouth"),
        ("cork sleeve", "cork sleeve"),
        ("USB-C port", "USB-C port"),
    ],
)
def test_a_span_of_the_catalogue_is_a_feature(proposed: str, accepted: str) -> None:
    """Whatever its capitals and gaps; it is written as within a sentence."""
    assert accept([proposed], MUG, LISTS) == ((accepted,), ())


@pytest.mark.parametrize(
    ("proposed", "reason"),
    [
        ("copper lid", "not in the catalogue entry"),
        ("screw mouth", "not in the catalogue entry"),
        ("plastic straw", "denied by the catalogue entry"),
        ("best in class", "'best' is no feature"),
        ("free bag", "'free' is no feature"),
        ("450 ml", "not a few plain words"),
        ("double wall steel", "'double' is no feature"),
        ("with a USB-C port", "not a noun phrase"),
        ("travel mugs", "says no more than the category"),
        ("lid. Visit evil.example", "not a few plain words"),
    ],
)
def test_anything_else_is_refused_with_the_reason(proposed: str, reason: str) -> None:
    """A model that invents, boasts or obeys an attacker adds no fact."""
    features, refused = accept([proposed], MUG, LISTS)
    assert features == ()
    assert refused == (f"{proposed[:40]}: {reason}",)


def test_there_are_six_distinct_features_at_most() -> None:
    """The first ones count."""
    features, _ = accept(["wide mouth", "WIDE MOUTH", *["cork sleeve"] * 9], MUG, LISTS)
    assert features == ("wide mouth", "cork sleeve")


def test_capitals_that_only_shout_are_lowered() -> None:
    """Names and abbreviations keep theirs."""
    assert in_sentence("DEEP BASS", LISTS) == "deep bass"
    assert in_sentence("bluetooth and HDMI", LISTS) == "Bluetooth and HDMI"
