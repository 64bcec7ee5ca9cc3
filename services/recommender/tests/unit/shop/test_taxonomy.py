from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.recommender.domain.shop.taxonomy import (
    Entries,
    audience,
    complement_phrases,
    complement_table,
    read_table,
    same_audience,
    words,
)


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("HomeTheater,TV&Video", "home theater television video"),
        ("TVMounts,Stands&Turntables", "television mount stand turntable"),
        ("TVs", "television"),
        ("MicroSD", "micro sd"),
        ("Split-SystemAirConditioners", "split system air conditioner"),
        ("Mice", "mouse"),
        ("Batteries", "battery"),
        ("Watches", "watch"),
        ("Dresses", "dress"),
        ("Men's Shoes", "man shoe"),
        ("Men\u2019s Shoes", "man shoe"),
        ("WOMEN", "woman"),
        ("iPhones", "phone"),
        ("Décor", "decor"),
        ("UPS & GPS", "ups gps"),
    ],
)
def test_a_level_is_read_word_by_word(level: str, expected: str) -> None:
    """Joined, plural, accented and capital spellings give the same singular words in lower case."""
    assert " ".join(words(level)) == expected


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("Fernseher", "television"),
        ("Kühlschränke", "refrigerator"),
        ("Waschmaschinen", "washing machine"),
        ("Druckerpatronen", "printer cartridge"),
        ("Waschmaschinenzubehör", "washing machine accessory"),
        ("Entsafterzubehör", "entsafter accessory"),
        ("Damenschuhe", "woman shoe"),
        ("Téléviseurs", "television"),
        ("Impresoras", "printer"),
    ],
)
def test_the_commonest_foreign_names_are_read_in_english(level: str, expected: str) -> None:
    """German compounds are split where both of their parts are known."""
    assert " ".join(words(level)) == expected


@pytest.mark.parametrize("level", ["Dishwashers", "Headphones", "Keyboards", "Suitcases", "Bookcases"])
def test_an_english_word_is_not_split(level: str) -> None:
    """Although part of it may be a word of its own."""
    assert len(words(level)) == 1


@given(st.text(max_size=40))
def test_any_text_is_a_level(level: str) -> None:
    """A shop may write anything."""
    assert all(word and word == word.casefold() for word in words(level))
    assert Entries(["television"]).best((level,)) in ([], ["television"])


def test_the_leaf_decides_before_its_parents() -> None:
    """What is above only says where it stands in the shop."""
    entries = Entries(["television", "projector"])
    assert entries.best(("Televisions", "Projectors")) == ["projector"]
    assert entries.best(("Televisions", "Curved")) == ["television"]


def test_words_above_make_a_phrase_more_specific() -> None:
    """Beds for dogs are not beds, and are found wherever the dogs are named."""
    entries = Entries(["bed", "dog bed"])
    assert entries.matches(("Pets", "Dogs", "Beds")) == [["dog bed"], ["bed"]]
    assert entries.best(("Home", "Beds")) == ["bed"]


def test_the_last_word_says_what_a_thing_is() -> None:
    """A table fan is a fan, a stand mixer a mixer."""
    entries = Entries(["table", "fan", "mixer", "washing machine"])
    assert entries.best(("Table Fans",)) == ["fan"]
    assert entries.best(("StandMixers",)) == ["mixer"]
    assert entries.best(("Fans for Tables",)) == ["fan"]


@pytest.mark.parametrize("leaf", ["TV Mounts", "TV Accessories", "Cables for TVs", "Fernsehkabel"])
def test_a_part_is_not_the_thing_it_is_for(leaf: str) -> None:
    """Not even if its own kind is unknown and the thing stands above it."""
    assert Entries(["television"]).best(("Televisions", leaf)) == []


def test_a_department_is_not_a_thing() -> None:
    """A level above the leaf that names several things says little about the leaf."""
    entries = Entries(["camera", "photography camera"])
    assert entries.best(("Cameras & Photography", "Darkroom")) == ["photography camera"]
    assert Entries(["camera"]).best(("Cameras & Photography", "Darkroom")) == []


def test_a_path_in_one_text_is_read_level_by_level() -> None:
    """Some files join the levels by a sign of their own."""
    assert Entries(["refrigerator", "garden"]).best(("Home & Garden > Refrigerators",)) == ["refrigerator"]


def test_things_for_different_people_are_told_apart() -> None:
    """Unless a category is for everyone or for both."""
    women, men, boys, kids = ("Women", "Shoes"), ("Herren", "Hosen"), ("Kids", "Boys"), ("Kids", "Hats")
    assert audience(women) == {"woman"}
    assert not same_audience(women, men)
    assert not same_audience(boys, ("Kids", "Girls"))
    assert same_audience(boys, kids)
    assert same_audience(men, ("Socks",))


def test_every_phrase_is_well_formed() -> None:
    """In lower case, singular, English, and split as a category would be."""
    durables: dict[str, list[str]] = read_table("durables.yaml")
    phrases = {*complement_phrases(), *(phrase for group in durables.values() for phrase in group)}
    assert [phrase for phrase in sorted(phrases) if " ".join(words(phrase)) != phrase] == []


def test_no_phrase_stands_twice_in_a_table() -> None:
    """A second entry would silently replace or contradict the first."""
    durables: dict[str, list[str]] = read_table("durables.yaml")
    listed = Counter(phrase for group in durables.values() for phrase in group)
    assert [phrase for phrase, times in listed.items() if times > 1] == []
    for kind, others in complement_table().items():
        assert len(set(others)) == len(others), kind
        assert kind not in others


def test_every_translation_is_one_word_of_one_meaning() -> None:
    """And its English is read as it stands."""
    translations: dict[str, list[str]] = read_table("taxonomy.yaml")["translations"]
    foreign = Counter(word for others in translations.values() for word in others)
    assert [word for word, times in foreign.items() if times > 1 or not word.isalpha()] == []
    assert [english for english in translations if " ".join(words(english)) != english] == []
