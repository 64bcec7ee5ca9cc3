from string import printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.mailer.domain.slots import fill, slots_in

SLOTS = st.sampled_from(["customer.first_name", "1.name", "1.price", "5.rating_count"])
WORDS = st.text(alphabet=[char for char in printable if char not in "{}"] + list("₹🌱ä"))


@given(st.lists(st.tuples(WORDS, SLOTS)), WORDS, st.text())
def test_filling_replaces_slots_and_nothing_else(pieces: list[tuple[str, str]], end: str, value: str) -> None:
    """Each slot becomes its value; the words around it stay as they are."""
    text = "".join(f"{words}{{{slot}}}" for words, slot in pieces) + end
    values = {slot: f"<{slot}|{value}>" for _, slot in pieces}
    assert fill(text, values) == "".join(words + values[slot] for words, slot in pieces) + end
    assert slots_in(text) == [slot for _, slot in pieces]


def test_a_value_that_looks_like_a_slot_is_not_filled_again() -> None:
    """A product that is named like a slot is shown by that name."""
    assert fill("Meet {1.name}.", {"1.name": "{1.price}", "1.price": "free"}) == "Meet {1.price}."


def test_a_slot_without_a_value_is_an_error() -> None:
    """No slot ever disappears silently."""
    with pytest.raises(KeyError):
        fill("Meet {2.name}.", {"1.name": "a"})
