import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.ingest.domain.lists import align

TRIMMED = st.text(alphabet="ab, ", max_size=12).map(str.strip)


@pytest.mark.parametrize(
    ("cell", "count", "entries"),
    [
        ("one, two,three", 1, ["one, two,three"]),
        ("one,two,three", 3, ["one", "two", "three"]),
        ("good, cheap,bad", 2, ["good, cheap", "bad"]),
        ("good , cheap,bad", 2, ["good , cheap", "bad"]),
        ("good ,cheap,bad", 2, ["good ,cheap", "bad"]),
        ("good,\u00a0cheap,bad", 2, ["good,\u00a0cheap", "bad"]),
        (",", 2, ["", ""]),
        ("a,,c", 3, ["a", "", "c"]),
        ("a, b", 2, ["a", " b"]),
    ],
)
def test_a_list_whose_borders_are_proven_is_split(cell: str, count: int, entries: list[str]) -> None:
    """Either every comma is a separator, or every comma without a space beside it."""
    assert align(cell, count) == entries


@pytest.mark.parametrize(
    ("cell", "count"),
    [("a,b,c", 2), ("a", 2), ("good,cheap,bad", 2), ("a, b, c", 2), ("a,b, c,d", 2)],
)
def test_a_list_without_proof_is_not_split(cell: str, count: int) -> None:
    """Rather nobody's than the wrong person's."""
    assert align(cell, count) is None


@given(st.lists(TRIMMED, min_size=1, max_size=8))
def test_trimmed_entries_are_never_cut_elsewhere_than_they_were_joined(entries: list[str]) -> None:
    """Whatever the entries hold: if the joined list is split at all, it is split into them."""
    assert align(",".join(entries), len(entries)) in (None, entries)
