"""Recognises by its first bytes what a file is, and says what to do with one that cannot be read."""

import codecs
from collections.abc import Iterable
from enum import StrEnum

from fondly.ingest.domain.errors import UTF8_HINT, FileError

GZIP = b"\x1f\x8b"
HEAD_BYTES = 4096
EXPECTED = "CSV, XLSX or Parquet"
_ZIP = b"PK\x03\x04"
_PARQUET = b"PAR1"
_UNPACK = "unpack it and upload the file inside"
_OTHERS = {
    b"PK\x05\x06": ("an empty zip archive", ""),
    b"\xd0\xcf\x11\xe0": (
        "an old Excel workbook (.xls), or one with a password",
        "save it in Excel as .xlsx without a password",
    ),
    b"%PDF": ("a PDF document", "export the table as CSV"),
    b"{\\rtf": ("a text document", "export the table as CSV"),
    b"SQLite format 3": ("a SQLite database", "export the table as CSV"),
    b"ARROW1": ("an Arrow file", "write it as Parquet"),
    b"Obj\x01": ("an Avro file", "write it as Parquet"),
    b"ORC": ("an ORC file", "write it as Parquet"),
    b"\x89PNG": ("an image", ""),
    b"\xff\xd8\xff": ("an image", ""),
    b"BZh": ("a bzip2 archive", _UNPACK),
    b"\xfd7zXZ": ("an xz archive", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("a zstd archive", _UNPACK),
    b"7z\xbc\xaf": ("a 7z archive", _UNPACK),
    b"Rar!": ("a RAR archive", _UNPACK),
}
_INSIDE_GZIP = {
    GZIP: ("gzip compressed twice", "compress it once"),
    _ZIP: ("a zip archive or an Excel workbook inside gzip", "upload it without gzip"),
    _PARQUET: ("a Parquet file inside gzip", "upload it without gzip"),
}
_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MARKUP = {
    b"{": ("JSON", "export the table as CSV"),
    b"[": ("JSON", "export the table as CSV"),
    b"<": ("HTML or XML", "export the table as CSV; a web page may have been saved in its place"),
}
_ZIPPED = {
    "xl/workbook.bin": ("a binary Excel workbook (.xlsb)", "save it in Excel as .xlsx"),
    "Index/Document.iwa": ("a Numbers document", "export it from Numbers as CSV"),
    "content.xml": ("an OpenDocument file (.ods)", "save it as .xlsx or CSV"),
    "word/document.xml": ("a Word document", "export the table as CSV"),
}


class Container(StrEnum):
    """How a file holds its table."""

    DELIMITED = "delimited"
    XLSX = "xlsx"
    PARQUET = "parquet"


def container_of(head: bytes) -> Container:
    """Return what a file is by its first bytes; any zip archive counts as XLSX until its names are known."""
    if head.startswith(_ZIP):
        return Container.XLSX
    return Container.PARQUET if head.startswith(_PARQUET) else Container.DELIMITED


def require_xlsx(names: Iterable[str]) -> None:
    """Raise `FileError`, naming what the file is, if a zip archive with these entries is not a workbook."""
    found = set(names)
    if "xl/workbook.xml" in found:
        return
    kind, remedy = next((_ZIPPED[name] for name in _ZIPPED if name in found), ("a zip archive", _UNPACK))
    raise FileError(_refusal(kind, remedy))


def require_csv(head: bytes) -> None:
    """Raise `FileError`, naming what the file is, if its first bytes show that it is not UTF-8 CSV."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
    if not text:
        raise FileError("the file is empty")
    if head.startswith(_WIDE):
        raise FileError(f"found text in UTF-16 or UTF-32, expected UTF-8: {UTF8_HINT}")
    known = _OTHERS | _INSIDE_GZIP
    found = next((known[magic] for magic in known if head.startswith(magic)), None)
    if found := found or _MARKUP.get(text[:1]):
        raise FileError(_refusal(*found))
    if b"\0" in text.partition(b"\n")[0]:
        raise FileError(f"not a CSV file: binary, or encoded as UTF-16 or UTF-32; if it is text, {UTF8_HINT}")


def _refusal(found: str, remedy: str) -> str:
    return f"not a CSV file: found {found}, expected {EXPECTED}{': ' if remedy else ''}{remedy}"
