"""Documents of a job: how bytes are cut into lines, and which of them have errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.comprehend.jobs.documents import Document, LineSplitter

MAX_BYTES = 8


def lines_of(chunks: list[bytes], *, max_bytes: int = MAX_BYTES) -> list[bytes]:
    """Return the lines of a stream that arrives in chunks."""
    splitter = LineSplitter(max_bytes=max_bytes)
    found = [line for chunk in chunks for line in splitter.feed(chunk)]
    return [*found, *splitter.end()]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"a\nb\n", [b"a", b"b"]),
        (b"a\rb\r", [b"a", b"b"]),
        (b"a\r\nb", [b"a", b"b"]),
        (b"a\n\nb", [b"a", b"", b"b"]),
        (b"\n\r\n\r", [b"", b"", b""]),
        (b"a\n\r\n", [b"a", b""]),
        (b"", []),
        ("a\u2028b\n".encode(), ["a\u2028b".encode()]),
        (b"a\x0bb\x0cc\x1cd\n", [b"a\x0bb\x0cc\x1cd"]),
        ("a\x85b\n".encode(), ["a\x85b".encode()]),
    ],
)
def test_lf_cr_and_crlf_end_a_line_and_nothing_else(content: bytes, lines: list[bytes]) -> None:
    """However the bytes arrive; a line separator in Unicode is part of the text."""
    assert lines_of([content]) == lines
    assert lines_of([bytes([byte]) for byte in content]) == lines


@given(st.lists(st.binary(max_size=6).map(lambda raw: raw.translate(b"ab\r\n" * 64))))
def test_chunks_make_no_difference(chunks: list[bytes]) -> None:
    """A line end may be cut in the middle."""
    assert lines_of(chunks, max_bytes=100) == lines_of([b"".join(chunks)], max_bytes=100)


def test_a_long_line_is_cut_one_byte_over_the_limit() -> None:
    """Memory is bounded, and the next line is whole."""
    found = lines_of([b"x" * 5] * 1_000 + [b"\nnext"])
    assert found == [b"x" * (MAX_BYTES + 1), b"next"]


def document(content: bytes, line: int | None = 3) -> Document:
    """Return the document with this content."""
    return Document.of(content, file="reviews.txt", line=line, max_bytes=MAX_BYTES)


def test_a_result_says_where_the_document_is_from() -> None:
    """A line has its number; a whole file has none."""
    found = {"Sentiment": "NEUTRAL"}
    assert document(b"fine").result(found) == {"File": "reviews.txt", "Line": 3, **found}
    assert document(b"fine", line=None).result(found) == {"File": "reviews.txt", **found}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * 9, "DOCUMENT_SIZE_EXCEEDED"),
        ("₹₹₹".encode(), "DOCUMENT_SIZE_EXCEEDED"),
        (b"\xff", "UNSUPPORTED_ENCODING"),
    ],
)
def test_a_document_with_an_error_has_its_code_instead_of_a_result(content: bytes, code: str) -> None:
    """The limit counts bytes; what is too long is not decoded."""
    result = document(content).result({})
    assert result["ErrorCode"] == code
    assert (result["File"], result["Line"]) == ("reviews.txt", 3)


def test_error_messages_are_those_of_aws() -> None:
    """Clients read them in the output."""
    assert document(b"x" * 9).result({})["ErrorMessage"] == (
        f"Document size is exceeded maximum size limit {MAX_BYTES} bytes."
    )
    assert document(b"\xff").result({})["ErrorMessage"] == (
        "Document is not in UTF-8 format and all subsequent lines are ignored."
    )
