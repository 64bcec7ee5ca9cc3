import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.facts.names import MAX_NAME_CHARS, first_name
from fondly.mailer.domain.facts.scripts import script_of

LABELLED = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "data" / "names.jsonl").read_text("utf-8").splitlines()
]


def test_the_labelled_names_are_many_and_of_both_kinds() -> None:
    """People, and what is no person's name."""
    greeted = [case for case in LABELLED if case["greeting"]]
    assert len(greeted) > 200
    assert len(LABELLED) - len(greeted) > 200


def test_every_labelled_name_is_greeted_as_a_person_would() -> None:
    """One that is greeted otherwise is listed with its label and the greeting that was found."""
    found = [(case["name"], case["greeting"], first_name(case["name"])) for case in LABELLED]
    assert [case for case in found if case[1] != case[2]] == []


@given(name=st.text(max_size=60) | st.from_regex(r"[A-Za-zàéß'. -]{1,30}", fullmatch=True))
def test_any_name_gives_a_short_greeting_of_letters_or_none(name: str) -> None:
    """No digit, dot or other sign, and all of one script."""
    greeting = first_name(name)
    if greeting is not None:
        assert 2 <= len(greeting) <= MAX_NAME_CHARS
        assert greeting == greeting.strip()
        assert not any(char.isnumeric() or char in '.@/:<>{}"_' for char in greeting)
        assert script_of(greeting) is not None


@pytest.mark.parametrize(
    ("text", "script"),
    [("Anna", "LATIN"), ("Анна", "CYRILLIC"), ("山田さくら", "CJK"), ("अनन्या", "DEVANAGARI")],
    ids=["latin", "cyrillic", "japanese", "devanagari"],
)
def test_a_script_is_named_as_unicode_names_it(text: str, script: str) -> None:
    """Japanese counts as one script, though it is written in three."""
    assert script_of(text) == script


@pytest.mark.parametrize(
    "text",
    ["", "12", "\u0410nna", "M\u0336a\u0336n", "अ\u093e\u093e\u093e\u093e"],
    ids=["empty", "digits", "mixed", "marks-on-latin", "heaped-marks"],
)
def test_a_text_without_one_script_has_none(text: str) -> None:
    """A letter that only looks Latin is of another script."""
    assert script_of(text) is None
