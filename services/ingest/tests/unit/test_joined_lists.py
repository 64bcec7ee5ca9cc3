import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.ingest.domain.joined_lists import split_joined

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
def test_an_unambiguous_list_is_split(cell: str, count: int, entries: list[str]) -> None:
    """Either every comma is a separator, or every comma without a space beside it."""
    assert split_joined(cell, count) == entries


@pytest.mark.parametrize(
    ("cell", "count"),
    [("a,b,c", 2), ("a", 2), ("good,cheap,bad", 2), ("a, b, c", 2), ("a,b, c,d", 2)],
)
def test_an_ambiguous_list_is_not_split(cell: str, count: int) -> None:
    """No reviewer may get another's words."""
    assert split_joined(cell, count) is None


@given(st.lists(TRIMMED, min_size=1, max_size=8))
def test_a_list_is_only_ever_split_into_the_entries_that_were_joined(entries: list[str]) -> None:
    """For any trimmed entries, the result is either those entries or None."""
    assert split_joined(",".join(entries), len(entries)) in (None, entries)
