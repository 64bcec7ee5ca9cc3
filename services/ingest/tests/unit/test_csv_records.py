import io

import pytest

from fondly.ingest.domain import csv_lines as lines_module
from fondly.ingest.domain.csv_records import BrokenRecord, CSVRecord, RecordReader
from fondly.ingest.domain.errors import FileError, long_record


def read(body: bytes, *, max_bytes: int = 1000) -> tuple[list[str], list[CSVRecord | BrokenRecord]]:
    """The header and all records after it."""
    reader = RecordReader(io.BytesIO(body), max_bytes=max_bytes)
    return reader.header(), list(reader)


def test_records_know_the_line_they_start_on() -> None:
    """Despite quoted line breaks, blank lines, a byte order mark and both line endings."""
    body = b'\xef\xbb\xbfa,b\r\n\r\n1,"x\ny"\r\n2,"say ""hi"""\n\n3,z'
    header, records = read(body)
    assert header == ["a", "b"]
    assert [(record.line, record.cells) for record in records if isinstance(record, CSVRecord)] == [
        (3, ["1", "x\ny"]),
        (5, ["2", 'say "hi"']),
        (7, ["3", "z"]),
    ]


def test_cells_may_be_divided_by_another_character() -> None:
    """Which is then the only one with a meaning."""
    reader = RecordReader(io.BytesIO(b'a,b\tc\n1,2\t"3\t4"\n'), delimiter="\t")
    assert reader.header() == ["a,b", "c"]
    assert [record.cells for record in reader if isinstance(record, CSVRecord)] == [["1,2", "3\t4"]]


def test_reading_resumes_on_the_line_after_a_broken_one() -> None:
    """If a quote swallows lines up to the limit, all of them but the first are read again."""
    body = b'a,b\n1,"open\n' + b"2,x\n" * 300
    _, records = read(body, max_bytes=100)
    assert isinstance(records[0], BrokenRecord)
    assert (records[0].line, records[0].raw) == (2, b'1,"open\n')
    assert records[0].fault == long_record(100)
    assert [record.line for record in records[1:]] == list(range(3, 303))
    assert all(isinstance(record, CSVRecord) for record in records[1:])


def test_a_record_across_lines_with_too_many_cells_costs_its_first_line() -> None:
    """Its other lines are read on their own."""
    _, records = read(b'a,b\n1,"x\n2,y",z\n3,w\n')
    assert [(type(record), record.line) for record in records] == [
        (BrokenRecord, 2),
        (BrokenRecord, 3),
        (CSVRecord, 4),
    ]


def test_an_overlong_line_is_not_held_in_memory() -> None:
    """Only its beginning is kept, and the next line is read normally."""
    _, (broken, good) = read(b"a,b\n" + b"x" * 50_000 + b"\n1,2\n")
    assert isinstance(broken, BrokenRecord)
    assert len(broken.raw) == 1001
    assert (good.line, good.raw) == (3, b"1,2\n")


def test_undecodable_bytes_are_reported_with_their_cell() -> None:
    """Undecodable bytes and NUL bytes reject their record, which names the column."""
    _, records = read(b"a,b\n1,\xff\n\x00,2\n3,4\n")
    undecodable = [(record.line, record.column) for record in records if isinstance(record, BrokenRecord)]
    assert undecodable == [(2, 1), (3, 0)]


def test_a_file_without_a_header_is_empty() -> None:
    """Blank lines do not count as a header."""
    with pytest.raises(FileError, match="empty"):
        read(b"\n\n")


def test_a_file_full_of_unclosed_quotes_is_read_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line could swallow all that follow; beyond a budget each is read alone, and good ones survive."""
    monkeypatch.setattr(lines_module, "MAX_REREAD_BYTES", 10_000)
    header, records = read(b"a,b\n" + b'x",y,"z\n' * 20_000 + b"1,2\n", max_bytes=1024 * 1024)
    assert len(header) == 2
    assert [record.line for record in records if isinstance(record, CSVRecord)] == [20_002]
    assert len(records) == 20_001
