"""Texts in other encodings than UTF-8 are read where they are told or clear, and it is said how."""

# ruff: noqa: RUF001 - marks and letters of many languages are what is read
import gzip
from pathlib import Path

import pytest

from fondly.contracts.ingest_report import IngestReport
from fondly.ingest.domain.encodings import looks_western
from fondly.ingest.domain.errors import FileError
from fondly.ingest.domain.formats.mapping import read_mapping
from fondly.ingest.use_cases.check_files import check_files
from fondly.ingest.use_cases.source_files import SourceFile
from services.ingest.tests.fakes import csv_lines, limits, numbered


def report(folder: Path, content: bytes, mapping: str = "{}") -> IngestReport:
    """Return what is read in a file of two products with their reviewers."""
    path = folder / "shop.csv"
    path.write_bytes(content)
    said = read_mapping(mapping, file="mapping.yaml").for_file(path.name)
    return check_files([SourceFile(path, path.name, mapping=said)], limits().load).report


def text(*names: str) -> str:
    """Return a file whose reviewers have these names."""
    rows = [numbered(at, user_name=name) for at, name in enumerate(names, start=1)]
    return csv_lines([{**row, "discounted_price": "399", "actual_price": ""} for row in rows]).decode()


WESTERN = ("José", "Müller – Grüße")
POLISH = ("Paweł", "Żaneta")


@pytest.mark.parametrize(
    ("content", "mapping", "told"),
    [
        (text(*WESTERN).encode("cp1252"), "{}", "read as Windows-1252, line 2: the byte 0xe9 is not UTF-8"),
        (gzip.compress(text(*WESTERN).encode("cp1252")), "{}", "read as Windows-1252, line 2"),
        (text(*WESTERN).encode(), "{}", ""),
        (text(*POLISH).encode("utf-16"), "{}", "read as utf-16, its byte order mark"),
        (text(*POLISH).encode("cp1250"), "encoding: Windows-1250", "read as windows-1250"),
        (text(*POLISH).encode("utf-16-le"), "encoding: utf-16-le", "read as utf-16-le"),
        (gzip.compress(text(*POLISH).encode("cp852")), "encoding: cp852", "read as cp852"),
    ],
)
def test_another_encoding_is_read_and_told(tmp_path: Path, content: bytes, mapping: str, told: str) -> None:
    """By what the mapping says, by a byte order mark, or by its letters."""
    found = report(tmp_path, content, mapping)
    assert (found.failed, found.counts["rejected_rows"]) == (None, 0)
    said = [f"{each.reads}, {each.because}" for each in found.files[0].conventions]
    assert [each.startswith(told) for each in said if "read as" in each] == [True] * bool(told)


def test_a_file_of_which_some_lines_look_like_nothing_known_is_not_guessed_at(tmp_path: Path) -> None:
    """A Polish name without letters of its own would look western; the others tell that it is not."""
    found = report(tmp_path, text("José", *POLISH).encode("cp1250"))
    assert found.counts["rejected_rows"] == 3
    assert {each.expected for each in found.rejects} == {"text in UTF-8, or its `encoding` in mapping.yaml"}
    assert not any("read as" in each.reads for each in found.files[0].conventions)
    few = report(tmp_path, text(*["Jos\u00e9"] * 40, POLISH[0]).encode("cp1250"))
    assert few.counts["rejected_rows"] == 1


@pytest.mark.parametrize(
    ("written", "encoding", "western"),
    [
        ("« Été » l’œuf cœur – 49 €", "cp1252", True),
        ("niño ¿qué? 10 m²", "cp1252", True),
        ("ações, coração", "cp1252", True),
        ("białe buty", "cp1250", False),
        ("příliš žluťoučký", "cp1250", False),
        ("Иван", "cp1251", False),
        ("çığ şarkı", "cp1254", False),
        ("mañana", "cp850", False),
        ("Käufer", "mac_roman", False),
        ("花子", "shift_jis", False),
    ],
)
def test_only_western_texts_look_western(written: str, encoding: str, *, western: bool) -> None:
    """Marks beside words, and letters alone or in pairs, but no rows of them, and no marks within words."""
    assert looks_western(written.encode(encoding)) is western


def test_an_encoding_that_is_not_known_is_refused() -> None:
    """With those that are."""
    with pytest.raises(FileError, match=r"line 1: encoding: .*utf-8, utf-16"):
        read_mapping("encoding: rot13", file="mapping.yaml")
