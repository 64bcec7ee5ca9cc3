import io

import pytest

from encore.ingest.domain import records as records_module
from encore.ingest.domain.errors import FileError
from encore.ingest.domain.records import Broken, Record, RecordReader


def read(body: bytes, *, max_bytes: int = 1000) -> tuple[list[str], list[Record | Broken]]:
    """The header and everything after it."""
    reader = RecordReader(io.BytesIO(body), max_bytes=max_bytes)
    return reader.header(), list(reader)


def test_records_know_the_line_they_start_on() -> None:
    """Quoted line breaks, blank lines, a byte order mark and both line ends are no obstacle."""
    body = b'\xef\xbb\xbfa,b\r\n\r\n1,"x\ny"\r\n2,"say ""hi"""\n\n3,z'
    header, records = read(body)
    assert header == ["a", "b"]
    assert [(record.line, record.cells) for record in records if isinstance(record, Record)] == [
        (3, ["1", "x\ny"]),
        (5, ["2", 'say "hi"']),
        (7, ["3", "z"]),
    ]


def test_reading_resumes_on_the_line_after_a_broken_one() -> None:
    """A quote that swallows lines until the limit gives all of them back but the first."""
    body = b'a,b\n1,"open\n' + b"2,x\n" * 300
    _, records = read(body, max_bytes=100)
    assert isinstance(records[0], Broken)
    assert (records[0].line, records[0].raw) == (2, b'1,"open\n')
    assert "100 bytes" in records[0].reason
    assert [record.line for record in records[1:]] == list(range(3, 303))
    assert all(isinstance(record, Record) for record in records[1:])


def test_a_record_across_lines_with_too_many_cells_costs_its_first_line() -> None:
    """Its other lines are judged by themselves."""
    _, records = read(b'a,b\n1,"x\n2,y",z\n3,w\n')
    assert [(type(record), record.line) for record in records] == [(Broken, 2), (Broken, 3), (Record, 4)]


def test_a_line_without_end_is_not_held() -> None:
    """Only its beginning is kept; the next line is read as ever."""
    _, (broken, good) = read(b"a,b\n" + b"x" * 50_000 + b"\n1,2\n")
    assert isinstance(broken, Broken)
    assert len(broken.raw) == 1001
    assert (good.line, good.raw) == (3, b"1,2\n")


def test_spoilt_bytes_name_their_cell() -> None:
    """Undecodable bytes and NUL bytes reject their record and say in which cell they are."""
    _, records = read(b"a,b\n1,\xff\n\x00,2\n3,4\n")
    spoilt = [(record.line, record.column) for record in records if isinstance(record, Broken)]
    assert spoilt == [(2, 1), (3, 0)]


def test_a_file_without_a_header_is_empty() -> None:
    """Nothing, or nothing but blank lines."""
    with pytest.raises(FileError, match="empty"):
        read(b"\n\n")


def test_a_file_made_of_unclosed_quotes_is_read_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line would swallow all that follow; beyond a budget each is judged alone, good ones survive."""
    monkeypatch.setattr(records_module, "MAX_REREAD_BYTES", 10_000)
    header, records = read(b"a,b\n" + b'x",y,"z\n' * 20_000 + b"1,2\n", max_bytes=1024 * 1024)
    assert len(header) == 2
    assert [record.line for record in records if isinstance(record, Record)] == [20_002]
    assert len(records) == 20_001
