import pytest

from fondly.mailer.domain.words.compounds import Compounds

GERMAN = Compounds(links=("s", "n"), qualities=frozenset({"dicht"}), imitations=("kunst",))


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("arbeitsweg", ("arbeit", "weg")),
        ("arbeitsweg", ("arbeits", "weg")),
        ("wochenende", ("woche", "ende")),
        ("küchentisch", ("küche", "tisch")),
    ],
)
def test_a_compound_is_read_as_its_two_parts(word: str, parts: tuple[str, str]) -> None:
    """With or without what links them."""
    assert parts in set(GERMAN.splits(word))


def test_a_quality_is_no_head_of_a_compound() -> None:
    """A thing for water is not "wasserdicht"."""
    assert "dicht" not in {head for _, head in GERMAN.splits("wasserdicht")}


def test_the_catalogue_has_the_parts_of_its_compounds() -> None:
    """A "Glaskanne" is a "Kanne", and of "Glas"."""
    assert {"glas", "kanne"} <= GERMAN.parts(["glaskanne"])
    assert not {"gla", "nne"} & GERMAN.parts(["glaskanne"])


def test_an_imitation_is_not_what_its_head_says() -> None:
    """Artificial leather is no leather, though it is artificial."""
    parts = GERMAN.parts(["kunstleder"])
    assert "leder" not in parts
    assert "kunst" in parts


def test_a_language_without_compounds_has_none() -> None:
    """English writes its words apart."""
    assert not list(Compounds().splits("bookshelf"))
    assert not Compounds().parts(["bookshelf"])
