"""Files with labels: every format, and every way of being broken."""

import gzip
import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondly.contracts.records import Sentiment
from fondly.evaluation.errors import EvaluationError
from fondly.evaluation.sentiment.reading import Columns, Labelled, Row, read_labelled

POSITIVE, NEGATIVE = Sentiment.POSITIVE, Sentiment.NEGATIVE
TEXT_AND_LABEL = Columns(("text",), "label")
ROWS = [Row(2, 'Works, "mostly"', POSITIVE), Row(3, "Broke", NEGATIVE)]


def read(
    tmp_path: Path, body: str | bytes, columns: Columns = TEXT_AND_LABEL, *, name: str = "texts"
) -> Labelled:
    """Read a file with this body."""
    path = tmp_path / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return read_labelled(path, columns, {})


def bad(labelled: Labelled) -> list[tuple[int, str]]:
    """The bad rows' lines and reasons."""
    return [(row.line, row.reason) for row in labelled.bad]


@pytest.mark.parametrize(
    "body",
    [
        'text,label\n"Works, ""mostly""",POS\nBroke,NEG\n',
        'text\tlabel\n"Works, ""mostly"""\tPOS\nBroke\tNEG\n',
        'text\tlabel\nWorks, "mostly"\tPOS\nBroke\tNEG\n',
        'label;text\nPOS;"Works, ""mostly"""\nNEG;Broke\n',
        '\n{"text": "Works, \\"mostly\\"", "label": "POS"}\n{"label": "NEG", "text": "Broke", "more": [1]}\n',
    ],
)
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_formats_are_recognised_by_their_content(
    tmp_path: Path, body: str, mark: bytes, *, packed: bool
) -> None:
    """Plain or gzip, with a byte order mark or without, whatever the name."""
    content = mark + body.encode()
    found = read(tmp_path, gzip.compress(content) if packed else content)
    assert (found.rows, bad(found), found.unmapped) == (ROWS, [], {})


def test_quotes_may_mean_nothing_between_tabs(tmp_path: Path) -> None:
    """A text that begins with a quote costs no row."""
    found = read(tmp_path, 'text\tlabel\n"Great" they say\tNEG\nFine\tPOS\n')
    assert [row.text for row in found.rows] == ['"Great" they say', "Fine"]


def test_several_columns_are_joined_as_the_services_join_title_and_text(tmp_path: Path) -> None:
    """On one line, with a full stop between them."""
    found = read(tmp_path, 'title,text,label\nGood,"Works\nwell",5\n', Columns(("title", "text"), "label"))
    assert [row.text for row in found.rows] == ["Good. Works well"]


def test_bad_rows_are_named_and_cost_nothing_else(tmp_path: Path) -> None:
    """By line and reason, without their text."""
    quotes = (
        "found a quote that is never closed, expected a closing quote, and each quote within a text twice"
    )
    body = b'text,label\nFine,POS\n\xff,POS\n,POS\nFine,\nFine,POS,more\nFine,what\n"Fine,NEG\nBad,NEG\n'
    found = read(tmp_path, body)
    assert [row.line for row in found.rows] == [2, 9]
    assert bad(found) == [
        (3, "found the byte 0xff (not UTF-8), expected text in UTF-8, or its `encoding` in mapping.yaml"),
        (4, "text is empty"),
        (5, "label is empty"),
        (6, "found 3 cells, expected 2 cells, as in the header"),
        (8, quotes),
    ]
    assert found.unmapped == {"what": 1}


def test_bad_json_lines_are_named(tmp_path: Path) -> None:
    """A missing member, broken JSON, other JSON, lone surrogates, endless nesting; numbers are labels too."""
    lines = [
        '{"text": "Fine", "label": 5}',
        '{"text": "Fine"}',
        "{text}",
        "[1]",
        '{"text": "\\ud800", "label": 5}',
        '{"a": ' + "[" * 100_000,
        '{"text": null, "label": 5}',
        '{"text": "Bad", "label": 1.0}',
    ]
    found = read(tmp_path, "\n".join(lines))
    assert [(row.line, row.label) for row in found.rows] == [(1, POSITIVE), (8, NEGATIVE)]
    assert bad(found) == [
        (2, "there is no label"),
        (3, "not JSON in UTF-8"),
        (4, "not a JSON object"),
        (5, "the text is not valid Unicode"),
        (6, "not JSON in UTF-8"),
        (7, "text is empty"),
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the file is empty"),
        (b"text,stars\nFine,5\n", "there is no column label; it has text, stars"),
        (b"text,label\n", "no row can be used"),
        (b"text,label\n,POS\n", "no row can be used: line 2: text is empty"),
        (b"text,label\nFine,0\nBad,1\n", "no label has a known meaning: found '0', '1'; say what they mean"),
        (b"PK\x03\x04 and more", "a zip archive or an Excel workbook"),
        (b"[1, 2]", "found JSON"),
        ("text,label\n".encode("utf-16"), "UTF-16"),
        (
            gzip.compress(b"text,label\nFine,POS\n" * 999, mtime=0)[:-20],
            "the gzip file is damaged or ends too early",
        ),
        (b"\x1f\x8bnothing", "the gzip file is damaged"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, body: bytes, message: str) -> None:
    """With the file's path."""
    with pytest.raises(EvaluationError, match=message) as caught:
        read(tmp_path, body)
    assert str(caught.value).startswith(f"{tmp_path}/texts: ")


@given(body=st.binary(max_size=200))
def test_no_content_crashes(tmp_path_factory: pytest.TempPathFactory, body: bytes) -> None:
    """Whatever it holds, there are rows or one line."""
    path = tmp_path_factory.getbasetemp() / "any"
    for head in (b"", b"text,label\nFine,POS\n", b'{"text": "Fine", "label": "POS"}\n', b"\x1f\x8b"):
        path.write_bytes(head + body)
        with suppress(EvaluationError):
            assert read_labelled(path, TEXT_AND_LABEL, {}).rows


def test_a_term_is_its_first_occurrence_or_where_a_column_says(tmp_path: Path) -> None:
    """In code points of the text as it is; other whitespace is kept."""
    lines = [
        {"text": "😀  menu, menu", "term": "menu", "at": 9, "label": "neutral"},
        {"text": "The menu", "term": "bill", "at": 0, "label": "positive"},
        {"text": "The menu", "term": "menu", "at": 3, "label": "positive"},
        {"text": "The menu", "term": "menu", "at": "x", "label": "positive"},
        {"text": "The menu", "term": "menu", "at": 4, "label": "conflict"},
    ]
    body = "\n".join(map(json.dumps, lines))
    first = read(tmp_path, body, Columns(("text",), "label", "term"))
    assert [(row.begin, row.end) for row in first.rows] == [(3, 7), (4, 8), (4, 8)]
    assert bad(first) == [(2, "term is not in the text")]
    found = read(tmp_path, body, Columns(("text",), "label", "term", "at"))
    assert [(row.text, row.begin, row.end) for row in found.rows] == [("😀  menu, menu", 9, 13)]
    assert bad(found) == [
        (2, "term is not where at says"),
        (3, "term is not where at says"),
        (4, "at is not a whole number"),
    ]
    assert found.unmapped == {"conflict": 1}


def test_a_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    """In the file's order; another seed draws others, and more than all is all."""
    found = read(tmp_path, "text,label\n" + "".join(f"Fine {number},POS\n" for number in range(100)))
    drawn = found.sample(10, seed=1)
    assert drawn.rows == found.sample(10, seed=1).rows != found.sample(10, seed=2).rows
    assert [row.line for row in drawn.rows] == sorted({row.line for row in drawn.rows})
    assert len(drawn.rows) == 10
    assert found.sample(1000, seed=1) == found
