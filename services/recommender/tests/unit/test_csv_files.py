import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.recommender.domain.csv_files import csv_file, is_fit_id


def read(body: bytes) -> list[list[str]]:
    """Read a file as Personalize does: backslash escapes, no doubled quotes, one record a line."""
    lines = body.decode("utf-8").split("\n")
    assert lines.pop() == ""
    return [next(csv.reader([line], escapechar="\\", doublequote=False, strict=True)) for line in lines]


def test_the_header_is_not_quoted_and_nothing_stands_before_it() -> None:
    """A byte-order mark or quotes would make Personalize miss the first column."""
    assert csv_file(("A", "B"), []) == b"A,B\n"


def test_quotes_and_backslashes_are_escaped_with_a_backslash_inside_quotes() -> None:
    """Doubling quotes, as other CSV does, would shift the columns."""
    body = csv_file(("A", "B"), [{"A": 'a 5" \\ cable, red', "B": "plain"}])
    assert body == b'A,B\n"a 5\\" \\\\ cable, red",plain\n'


def test_nothing_is_an_empty_field_and_numbers_are_plain() -> None:
    """An empty field is null."""
    assert csv_file(("A", "B", "C"), [{"A": None, "B": 7, "C": -0.25}]) == b"A,B,C\n,7,-0.25\n"


@pytest.mark.parametrize("breaking", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\x00"])
def test_a_record_is_one_physical_line(breaking: str) -> None:
    """Line breaks and control characters become a space, even where they would be legal in quotes."""
    assert csv_file(("A",), [{"A": f"one{breaking}two"}]) == b"A\none two\n"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_what_is_written_is_read_back(rows: list[tuple[str, str]]) -> None:
    """Whatever the texts hold, every row has its columns, with at most line breaks flattened."""
    found = read(csv_file(("A", "B"), [{"A": one, "B": other} for one, other in rows]))
    assert found[0] == ["A", "B"]
    for (one, other), row in zip(rows, found[1:], strict=True):
        assert len(row or ["", ""]) == 2
        if (one + other).isprintable():
            assert row == [one, other]


def test_rupees_and_emoji_stay_intact() -> None:
    """The file is UTF-8."""
    assert read(csv_file(("A",), [{"A": "₹499 👍"}]))[1] == ["₹499 👍"]


@pytest.mark.parametrize(
    ("identifier", "fit"),
    [
        ("A1", True),
        ("a,b", True),
        ("ключ", True),
        ('a"b', False),
        ("a\\b", False),
        ("a\nb", False),
        ("x" * 257, False),
    ],
)
def test_ids_that_would_be_changed_are_told_apart(identifier: str, *, fit: bool) -> None:
    """An id must come back from Personalize as it went."""
    assert is_fit_id(identifier) is fit
