import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.recommender.domain.personalize.datasets import csv_file, is_fit_id


def read(body: bytes) -> list[list[str]]:
    """Read a file as Personalize does: backslash escapes, no doubled quotes, one record per line."""
    lines = body.decode("utf-8").split("\n")
    assert lines.pop() == ""
    return [next(csv.reader([line], escapechar="\\", doublequote=False, strict=True)) for line in lines]


def test_the_file_starts_with_an_unquoted_header() -> None:
    """A byte-order mark or quotes would hide the first column from Personalize."""
    assert csv_file(("A", "B"), []) == b"A,B\n"


def test_quotes_and_backslashes_are_escaped_with_a_backslash_inside_quotes() -> None:
    """Doubled quotes, as in RFC 4180, would shift the columns."""
    body = csv_file(("A", "B"), [{"A": 'a 5" \\ cable, red', "B": "plain"}])
    assert body == b'A,B\n"a 5\\" \\\\ cable, red",plain\n'


def test_none_is_an_empty_field_and_numbers_are_unquoted() -> None:
    """Personalize reads an empty field as null."""
    assert csv_file(("A", "B", "C"), [{"A": None, "B": 7, "C": -0.25}]) == b"A,B,C\n,7,-0.25\n"


@pytest.mark.parametrize("breaking", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\x00"])
def test_a_record_is_one_physical_line(breaking: str) -> None:
    """Line breaks and control characters become a space, even inside quotes."""
    assert csv_file(("A",), [{"A": f"one{breaking}two"}]) == b"A\none two\n"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_a_written_file_reads_back_as_the_same_rows(rows: list[tuple[str, str]]) -> None:
    """Whatever the texts contain, every row keeps its columns, and at most its line breaks are replaced."""
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
def test_an_id_that_personalize_would_alter_is_unfit(identifier: str, *, fit: bool) -> None:
    """An id must return from Personalize unchanged."""
    assert is_fit_id(identifier) is fit
