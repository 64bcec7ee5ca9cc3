import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.ingest.domain.rows.reviews import divide_joined, split_joined

IMAGE = "https://m.example.com/a.jpg"
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


@pytest.mark.parametrize(
    ("cell", "count", "entries"),
    [
        ("nice,good,cheap", 8, ["nice", "good", "cheap"]),
        ("Paid 1,499,Good", 8, ["Paid 1,499", "Good"]),
        ("₹1,39,900 is too much,Rated 9/10,5 stars", 4, ["₹1,39,900 is too much", "Rated 9/10", "5 stars"]),
        ("Loud, but good,Works", 8, ["Loud, but good", "Works"]),
        ("Nice,Loud,but good,Works", 3, ["Nice", "Loud,but good", "Works"]),
        ("Lasts,5 hours,Nice,Works", 3, ["Lasts,5 hours", "Nice", "Works"]),
        ("Loud.,Works,Nice", 2, ["Loud.", "Works,Nice"]),
        (
            "Good.,It hums and gets hot.,It stopped after a week.,Bad.",
            3,
            ["Good.", "It hums and gets hot.,It stopped after a week.", "Bad."],
        ),
        ("अच्छा है।,सस्ता है।,टिकाऊ है,खराब है।", 3, ["अच्छा है।", "सस्ता है।", "टिकाऊ है,खराब है।"]),
        ("loud,,works,not", 3, ["loud", "", "works,not"]),
        (f"good,{IMAGE},loud,hums", 3, ["good", IMAGE, "loud,hums"]),
        ("Good,,,,Bad,Loud", 4, ["Good", ",,", "Bad", "Loud"]),
        ("Loud,, but good,Works", 2, ["Loud,, but good", "Works"]),
        ("", 2, [""]),
    ],
)
def test_an_ambiguous_list_is_divided_at_its_likeliest_separators(
    cell: str, count: int, entries: list[str]
) -> None:
    """No figure is cut, a sentence that goes on stays whole, and what is empty or an image is an entry."""
    assert divide_joined(cell, count) == entries


@given(st.text(alphabet="aB1.। ,क", max_size=40), st.integers(1, 9))
def test_a_divided_list_keeps_every_word_and_has_at_most_one_entry_for_each(cell: str, count: int) -> None:
    """Whatever the text, and however many wrote it."""
    entries = divide_joined(cell, count)
    assert ",".join(entries) == cell
    assert 1 <= len(entries) <= count


@given(st.lists(st.text(alphabet="ab ", min_size=1, max_size=9).map(str.strip), min_size=2, max_size=8))
def test_a_certain_split_is_also_the_likeliest(entries: list[str]) -> None:
    """Where every comma is a separator, dividing finds the entries that splitting finds."""
    cell = ",".join(entries)
    assert divide_joined(cell, len(entries)) == split_joined(cell, len(entries)) == entries
