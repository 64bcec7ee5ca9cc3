"""What an English text speaks of is found in any trade, and judged clause by clause."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from understudy.engines.sentiment import SentimentModel
from understudy.engines.targets import TargetReader

READER = TargetReader(SentimentModel.load())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The battery is great, but the screen is terrible.", {"battery": "POSITIVE", "screen": "NEGATIVE"}),
        (
            "Battery lasts long and the sound quality is amazing.",
            {"Battery": "POSITIVE", "sound quality": "POSITIVE"},
        ),
        (
            "The front desk was rude although our room was clean.",
            {"front desk": "NEGATIVE", "room": "POSITIVE"},
        ),
        ("The pasta tastes bland; the waiter never came", {"pasta": "NEGATIVE", "waiter": "NEGATIVE"}),
        ("Great battery, poor screen", {"battery": "POSITIVE", "screen": "NEGATIVE"}),
        ("I love the colour. Its cable is too short", {"colour": "POSITIVE", "cable": "NEGATIVE"}),
        ("It is a box.", {}),
        ("Stopped working after a week.", {}),
    ],
)
def test_names_of_things_are_judged_by_their_clause(text: str, expected: dict[str, str]) -> None:
    """Neither determiners nor opinions belong to a name, and pronouns are none."""
    assert {each.text: each.label for each in READER.read(text)} == expected


@example("new " * 1_250)
@given(st.text(alphabet="the battery screen is great but, poor.📦 \n", max_size=200))
def test_offsets_are_those_of_the_text(text: str) -> None:
    """In order and in code points, whatever the text."""
    found = READER.read(text)
    assert [each.begin for each in found] == sorted(each.begin for each in found)
    for each in found:
        assert text[each.begin : each.end] == each.text
        assert each.aspect == each.text.lower()
